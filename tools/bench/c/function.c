// A function with nothing in it but a wait, as for a database: an event is the number of milliseconds, the response `{}`. It
// reads each of the Runtime API's answers to its end, and looks at two fields.
//
// usage: function    (AWS_LAMBDA_RUNTIME_API=127.0.0.1:PORT)
#include "extension.h"

#include <time.h>

static char answer[65536];

// The value of a field of the answer's head; exits without one.
static const char *field(const char *name) {
  const char *found = strcasestr(answer, name);
  if (!found) exit(1);
  return found + strlen(name);
}

// Sends a request and reads its answer; returns where the body begins.
static const char *ask(int api, const char *request, int length) {
  size_t count = 0;
  send_all(api, request, (size_t)length);
  for (;;) {
    ssize_t more = read(api, answer + count, sizeof answer - 1 - count);
    if (more <= 0) exit(1);
    answer[count += (size_t)more] = 0;
    const char *end = strstr(answer, "\r\n\r\n");
    if (end && strtoul(field("\r\nContent-Length:"), NULL, 10) <= count - (size_t)(end + 4 - answer)) return end + 4;
  }
}

int main(void) {
  static const char next[] = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: localhost\r\n\r\n";
  int api = connect_to_api();
  for (;;) {
    long milliseconds = strtol(ask(api, next, sizeof next - 1), NULL, 10);
    char id[64], response[256];
    if (sscanf(field("\r\nLambda-Runtime-Aws-Request-Id:"), " %63[^\r]", id) != 1) return 1;
    if (milliseconds > 0) {
      struct timespec wait = {milliseconds / 1000, milliseconds % 1000 * 1000000};
      nanosleep(&wait, NULL);
    }
    int length = snprintf(
        response, sizeof response,
        "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", id);
    ask(api, response, length);
  }
}
