// The floor of functions: it asks for an event, answers each with the same eleven bytes, and looks in the event's head for
// nothing but the id, which the answer needs, and the length, which says where the event ends. It blocks on one connection,
// which it keeps, and makes four system calls an event: read the event, write the response, read that it was accepted, write
// the next request.
//
// usage: function-floor    (AWS_LAMBDA_RUNTIME_API=127.0.0.1:PORT)
#include "extension.h"

static const char next[] = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: localhost\r\n\r\n";
static const char response_start[] = "POST /2018-06-01/runtime/invocation/";
static const char response_end[] = "/response HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n{\"ok\":true}";

enum { start_length = sizeof response_start - 1, id_length = 36, end_length = sizeof response_end - 1 };

static char bytes[65536];
static char response[start_length + id_length + end_length];

// Reads more of the answer; returns how much of it is there.
static size_t read_more(int api, size_t length) {
  ssize_t count = recv(api, bytes + length, sizeof bytes - 1 - length, 0);
  if (count <= 0) exit(1);
  bytes[length + (size_t)count] = 0;
  return length + (size_t)count;
}

// What stands behind a text in the answer's head; exits where that does not have it.
static const char *behind(const char *text) {
  const char *found = strstr(bytes, text);
  if (!found) exit(1);
  return found + strlen(text);
}

int main(void) {
  int api = connect_to_api();
  memcpy(response, response_start, start_length);
  memcpy(response + start_length + id_length, response_end, end_length);
  for (;;) {
    send_all(api, next, sizeof next - 1);
    size_t length = read_more(api, 0);
    const char *head_end;
    while (!(head_end = strstr(bytes, "\r\n\r\n"))) length = read_more(api, length);
    size_t whole = (size_t)(head_end + 4 - bytes) + strtoul(behind("\r\nContent-Length: "), NULL, 10);
    while (length < whole) length = read_more(api, length);
    memcpy(response + start_length, behind("\r\nLambda-Runtime-Aws-Request-Id: "), id_length);
    send_all(api, response, sizeof response);
    read_more(api, 0);
  }
}
