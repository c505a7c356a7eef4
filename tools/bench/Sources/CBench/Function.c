#define _GNU_SOURCE
#include "sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char event[] =
    "{\"order\":\"7f3c2a91-0b52-4c6e-9d1f-5a7b3e2c8d40\",\"customer\":\"c-20417\",\"quantity\":3,\"price\":1499,"
    "\"currency\":\"EUR\",\"note\":\"leave it at the door, please\",\"express\":true}";
static const char accepted[] =
    "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nDate: Sat, 21 Nov 2026 04:00:00 GMT\r\n"
    "Content-Length: 16\r\n\r\n{\"status\":\"OK\"}\n";

enum { most_connections = 8 };

typedef struct {
  int number;
  // What has come of requests that are not taken yet.
  size_t length;
  char bytes[65536];
} connection;

struct bench_function {
  int listener;
  // How many connections it has made so far.
  int count;
  // True once it is known that the function keeps to one connection: that one is read without asking which.
  int keeps_to_one;
  // The one whose request for an event has no answer yet.
  connection *waiting;
  // Counts the events of a function that nobody holds.
  bench_extension alone;
  connection connections[most_connections];
};

// The length of the first request of a connection; 0 while it is not whole.
static size_t whole_request(connection *connection) {
  char *bytes = connection->bytes;
  bytes[connection->length] = 0;
  const char *end = strstr(bytes, "\r\n\r\n");
  if (!end) return 0;
  size_t head = (size_t)(end + 4 - bytes);
  const char *length = strcasestr(bytes, "\r\nContent-Length:");
  if (length && length < end) {
    size_t all = head + strtoul(length + 17, NULL, 10);
    return connection->length >= all ? all : 0;
  }
  const char *coding = strcasestr(bytes, "\r\nTransfer-Encoding:");
  if (!coding || coding > end) return head;
  // The last chunk is empty, and an empty line is behind the trailers.
  const char *last = strstr(end + 2, "\r\n0\r\n");
  end = last ? strstr(last + 3, "\r\n\r\n") : NULL;
  return end ? (size_t)(end + 4 - bytes) : 0;
}

static int take_connection(bench_function *function) {
  int one = 1, number = accept4(function->listener, NULL, NULL, SOCK_CLOEXEC);
  if (number < 0) return -1;
  setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  limit_waits(number);
  for (int index = 0; index < most_connections; index++) {
    connection *free = &function->connections[index];
    if (free->number >= 0) continue;
    free->number = number;
    free->length = 0;
    function->count++;
    return 0;
  }
  close(number);
  errno = EMFILE;
  return -1;
}

// Reads what has come; stores when. Returns 0 for a connection that has ended.
static int read_some(bench_function *function, connection *connection, int64_t *when) {
  ssize_t count = recv(
      connection->number, connection->bytes + connection->length, sizeof connection->bytes - 1 - connection->length, 0);
  *when = bench_now();
  if (count < 0) return -1;
  if (count == 0) {
    close(connection->number);
    connection->number = -1;
    return 0;
  }
  connection->length += (size_t)count;
  return 1;
}

// Waits for bytes on whichever connection they come, or for a new one.
static int receive(bench_function *function, int64_t *when) {
  struct pollfd ready[most_connections + 1] = {{.fd = function->listener, .events = POLLIN}};
  for (int index = 0; index < most_connections; index++)
    ready[index + 1] = (struct pollfd){.fd = function->connections[index].number, .events = POLLIN};
  int count = poll(ready, most_connections + 1, 20000);
  if (count == 0) errno = ETIMEDOUT;
  if (count <= 0) return -1;
  for (int index = 0; index < most_connections; index++)
    if (ready[index + 1].revents && read_some(function, &function->connections[index], when) < 0) return -1;
  return ready[0].revents ? take_connection(function) : 0;
}

// Waits for a request of this method, whose target ends with this word, and takes it; stores on which connection it came,
// and when.
static int expect(bench_function *function, const char *method, const char *word, connection **from, int64_t *when) {
  for (;;) {
    for (int index = 0; index < most_connections; index++) {
      connection *connection = &function->connections[index];
      size_t length = connection->length > 0 ? whole_request(connection) : 0;
      if (length == 0) continue;
      const char *found = strstr(connection->bytes, word);
      if (strncmp(connection->bytes, method, strlen(method)) != 0 || !found || found > strstr(connection->bytes, "\r\n")) {
        errno = EPROTO;
        return -1;
      }
      connection->length -= length;
      memmove(connection->bytes, connection->bytes + length, connection->length);
      *from = connection;
      return 0;
    }
    if (function->keeps_to_one) {
      int count = read_some(function, function->waiting, when);
      if (count == 0) errno = ECONNRESET;
      if (count <= 0) return -1;
    } else if (receive(function, when) < 0) {
      return -1;
    }
  }
}

static int expect_next(bench_function *function, int64_t *when) {
  return expect(function, "GET ", "/runtime/invocation/next ", &function->waiting, when);
}

bench_function *bench_accept_function(int listener, int64_t *first_next) {
  bench_function *function = calloc(1, sizeof *function);
  if (!function) return NULL;
  function->listener = listener;
  for (int index = 0; index < most_connections; index++) function->connections[index].number = -1;
  if (expect_next(function, first_next) < 0) {
    bench_close_function(function);
    return NULL;
  }
  return function;
}

void bench_close_function(bench_function *function) {
  int error = errno;
  for (int index = 0; index < most_connections; index++)
    if (function->connections[index].number >= 0) close(function->connections[index].number);
  free(function);
  errno = error;
}

int bench_settle_function(bench_function *function) {
  function->keeps_to_one = function->count == 1;
  return function->count;
}

static int send_event(const bench_function *function, const char *id, int64_t *start) {
  char bytes[2048];
  int length = snprintf(
      bytes, sizeof bytes,
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: %s\r\n"
      "Lambda-Runtime-Deadline-Ms: %lld\r\n"
      "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:123456789012:function:bench\r\n"
      "Lambda-Runtime-Trace-Id: Root=1-5bdb40ca-556d8b0c50dc66f0511bf520;Parent=0a1b2c3d4e5f6071;Sampled=1\r\n"
      "Date: Sat, 21 Nov 2026 04:00:00 GMT\r\nContent-Length: %zu\r\n\r\n%s",
      id, far_deadline(), sizeof event - 1, event);
  *start = bench_now();
  return send_all(function->waiting->number, bytes, (size_t)length);
}

// One event, from its sending until function and extension ask for the next.
static int handle_event(bench_function *function, bench_extension *holder, int64_t *response, int64_t *rest) {
  char id[37];
  if (holder) {
    if (bench_invoke(holder) < 0) return -1;
  } else {
    let_it_sleep();
    function->alone.cycle++;
  }
  bench_request_id(holder ? holder : &function->alone, id);
  int64_t start, end;
  connection *from;
  if (send_event(function, id, &start) < 0) return -1;
  if (expect(function, "POST ", "/response ", &from, &end) < 0) return -1;
  *response = end - start;
  start = bench_now();
  if (send_all(from->number, accepted, sizeof accepted - 1) < 0) return -1;
  if (expect_next(function, &end) < 0) return -1;
  if (holder) {
    if (bench_expect_next(holder) < 0) return -1;
    end = bench_now();
  }
  *rest = end - start;
  return 0;
}

int bench_events(
    bench_function *function, bench_extension *holder, int count, int64_t *responses, int64_t *rests) {
  for (int index = 0; index < count; index++)
    if (handle_event(function, holder, responses + index, rests + index) < 0) return -1;
  return 0;
}
