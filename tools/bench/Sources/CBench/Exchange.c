#define _GNU_SOURCE
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char registered[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    "Lambda-Extension-Identifier: 6f1f0b6a-7c1e-4a53-9f6e-0d6f5f2f8b11\r\nContent-Length: 66\r\n\r\n"
    "{\"functionName\":\"bench\",\"functionVersion\":\"$LATEST\",\"handler\":\"h\"}";

static const char done_start[] = "POST /done HTTP/1.1\r\nHost: 127.0.0.1:1339\r\nLambda-Runtime-Aws-Request-Id: ";
static const char done_end[] = "\r\nContent-Length: 0\r\n\r\n";

static struct sockaddr_in loopback(uint16_t port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int tcp_socket(void) {
  int one = 1, number = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (number >= 0) setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return number;
}

int bench_listen(uint16_t *port) {
  struct sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  int number = tcp_socket();
  if (number < 0) return -1;
  limit_waits(number);
  if (bind(number, (struct sockaddr *)&address, length) < 0 || listen(number, 16) < 0 ||
      getsockname(number, (struct sockaddr *)&address, &length) < 0) {
    close(number);
    return -1;
  }
  *port = ntohs(address.sin_port);
  return number;
}

int bench_free_port(void) {
  uint16_t port = 0;
  int number = bench_listen(&port);
  if (number < 0) return -1;
  close(number);
  return port;
}

// Reads one message that has no body, or whose body is `body` bytes.
static int read_message(int number, char *bytes, size_t room, size_t body) {
  size_t length = 0;
  while (length < room - 1) {
    ssize_t count = read(number, bytes + length, room - 1 - length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      if (count == 0) errno = ECONNRESET;
      return -1;
    }
    length += (size_t)count;
    bytes[length] = 0;
    if (length >= body + 4 && memcmp(bytes + length - body - 4, "\r\n\r\n", 4) == 0) return (int)length;
    // A peer may send head and body, or even the lines of a head, one by one.
  }
  errno = EMSGSIZE;
  return -1;
}

static int read_registration(int api, char *bytes, size_t room) {
  size_t length = 0;
  while (length < room - 1) {
    ssize_t count = read(api, bytes + length, room - 1 - length);
    if (count <= 0) return -1;
    length += (size_t)count;
    bytes[length] = 0;
    const char *end = strstr(bytes, "\r\n\r\n"), *field = strcasestr(bytes, "content-length:");
    if (end && field && length >= (size_t)(end + 4 - bytes) + strtoul(field + 15, NULL, 10)) return 0;
    // A body in chunks ends with an empty one.
    if (end && !field && length >= 5 && memcmp(bytes + length - 5, "0\r\n\r\n", 5) == 0) return 0;
  }
  return -1;
}

int bench_accept(int listener, bench_extension *extension, int64_t *first_next) {
  char bytes[4096];
  int one = 1, api = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  *extension = (bench_extension){.api = api, .client = -1, .twin = -1, .bell = -1};
  if (api < 0) return -1;
  setsockopt(api, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  limit_waits(api);
  if (read_registration(api, bytes, sizeof bytes) < 0) return -1;
  if (send_all(api, registered, sizeof registered - 1) < 0) return -1;
  if (read_message(api, bytes, sizeof bytes, 0) < 0) return -1;
  *first_next = bench_now();
  return 0;
}

// Reads the answer to a check that asked for a page, and takes the page.
static int take_page(bench_extension *extension) {
  char bytes[1024];
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(2 * sizeof(int))];
  } control;
  struct iovec room = {.iov_base = bytes, .iov_len = sizeof bytes};
  struct msghdr message = {
      .msg_iov = &room, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  // The extension sends the answer in one piece.
  ssize_t count = recvmsg(extension->client, &message, MSG_CMSG_CLOEXEC);
  if (count <= 0) return -1;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(2 * sizeof(int))) {
    errno = ENOTSUP;
    return -1;
  }
  int numbers[2];
  memcpy(numbers, CMSG_DATA(header), sizeof numbers);
  void *page = mmap(NULL, 512, PROT_READ | PROT_WRITE, MAP_SHARED, numbers[0], 0);
  close(numbers[0]);
  extension->bell = numbers[1];
  if (page == MAP_FAILED) return -1;
  extension->page = page;
  extension->done = 0;
  return 0;
}

int bench_connect(bench_extension *extension, uint16_t port, const char *name, bench_check_in check_in) {
  struct sockaddr_in tcp = loopback(port);
  struct sockaddr_un local = {.sun_family = AF_UNIX};
  socklen_t local_length = offsetof(struct sockaddr_un, sun_path) + 1;
  if (name) {
    size_t length = strnlen(name, sizeof local.sun_path - 2);
    memcpy(local.sun_path + 1, name, length);
    local_length += (socklen_t)length;
  }
  for (int64_t end = bench_now() + 10000000000; extension->client < 0;) {
    int number = name ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : tcp_socket();
    if (number < 0) return -1;
    int failed = name ? connect(number, (struct sockaddr *)&local, local_length)
                      : connect(number, (struct sockaddr *)&tcp, sizeof tcp);
    if (failed == 0) {
      extension->client = number;
    } else {
      close(number);
      if (bench_now() > end) return -1;
      nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
  }
  limit_waits(extension->client);
  if (check_in == BENCH_NO_SESSION) return 0;
  char bytes[1024];
  int length = snprintf(
      bytes, sizeof bytes, "GET /check HTTP/1.1\r\nHost: 127.0.0.1:1339\r\nPostinvoke-Session: %d\r\n%s\r\n", (int)getpid(),
      check_in == BENCH_PAGE ? "Postinvoke-Page: 1\r\n" : "");
  if (send_all(extension->client, bytes, (size_t)length) < 0) return -1;
  if (check_in == BENCH_PAGE) return take_page(extension);
  return read_message(extension->client, bytes, sizeof bytes, 0) < 0 ? -1 : 0;
}

void bench_find_twin(bench_extension *extension, pid_t pid) {
  struct sockaddr_in wanted, found;
  socklen_t length = sizeof wanted;
  if (getpeername(extension->api, (struct sockaddr *)&wanted, &length) < 0) return;
  int process = (int)syscall(SYS_pidfd_open, pid, 0);
  for (int number = 3; process >= 0 && number < 128 && extension->twin < 0; number++) {
    int copy = (int)syscall(SYS_pidfd_getfd, process, number, 0);
    if (copy < 0) continue;
    length = sizeof found;
    if (getsockname(copy, (struct sockaddr *)&found, &length) == 0 && found.sin_family == AF_INET &&
        found.sin_port == wanted.sin_port && getpeername(copy, (struct sockaddr *)&found, &length) == 0)
      extension->twin = copy;
    else
      close(copy);
  }
  if (process >= 0) close(process);
}

void bench_close(bench_extension *extension) {
  if (extension->client >= 0) close(extension->client);
  if (extension->api >= 0) close(extension->api);
  if (extension->twin >= 0) close(extension->twin);
  if (extension->bell >= 0) close(extension->bell);
  if (extension->page) munmap(extension->page, 512);
  extension->client = extension->api = extension->twin = extension->bell = -1;
  extension->page = NULL;
}

void bench_request_id(const bench_extension *extension, char id[37]) {
  snprintf(id, 37, "8476a536-e9f4-11e8-9739-%012llx", (unsigned long long)(extension->cycle & 0xffffffffffff));
}

static void wait_until_read(const bench_extension *extension) {
  if (extension->twin < 0) {
    nanosleep(&(struct timespec){.tv_nsec = 300000}, NULL);
    return;
  }
  for (int unread = 1, turn = 0; unread > 0 && turn < 1000000; turn++) {
    sched_yield();
    if (ioctl(extension->twin, FIONREAD, &unread) < 0) return;
  }
  let_it_sleep();
}

int bench_invoke(bench_extension *extension) {
  char bytes[1024], body[512], id[37];
  let_it_sleep();
  extension->cycle++;
  bench_request_id(extension, id);
  int length = snprintf(
      body, sizeof body,
      "{\"eventType\":\"INVOKE\",\"deadlineMs\":%lld,\"requestId\":\"%s\","
      "\"invokedFunctionArn\":\"arn:aws:lambda:eu-central-1:123456789012:function:bench\","
      "\"tracing\":{\"type\":\"X-Amzn-Trace-Id\","
      "\"value\":\"Root=1-5bdb40ca-556d8b0c50dc66f0511bf520;Parent=0a1b2c3d4e5f6071;Sampled=1\"}}",
      far_deadline(), id);
  length = snprintf(
      bytes, sizeof bytes,
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Extension-Event-Identifier: %s\r\n"
      "Date: Sat, 21 Nov 2026 04:00:00 GMT\r\nContent-Length: %d\r\n\r\n%s",
      id, length, body);
  if (send_all(extension->api, bytes, (size_t)length) < 0) return -1;
  wait_until_read(extension);
  return 0;
}

int bench_expect_next(bench_extension *extension) {
  char bytes[1024];
  return read_message(extension->api, bytes, sizeof bytes, 0) < 0 ? -1 : 0;
}

int bench_shut_down(bench_extension *extension, pid_t pid) {
  static const char event[] =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 72\r\n\r\n"
      "{\"eventType\":\"SHUTDOWN\",\"deadlineMs\":1800000000000,\"shutdownReason\":\"x\"}";
  if (send_all(extension->api, event, sizeof event - 1) < 0) return -1;
  while (waitpid(pid, NULL, 0) < 0)
    if (errno != EINTR) return -1;
  return 0;
}

static size_t done_request(const bench_extension *extension, char *bytes) {
  char id[37];
  bench_request_id(extension, id);
  memcpy(bytes, done_start, sizeof done_start - 1);
  memcpy(bytes + sizeof done_start - 1, id, 36);
  memcpy(bytes + sizeof done_start - 1 + 36, done_end, sizeof done_end - 1);
  return sizeof done_start - 1 + 36 + sizeof done_end - 1;
}

int bench_done(bench_extension *extension, int64_t *round_trip) {
  char request[256], answer[1024];
  size_t length = done_request(extension, request);
  int64_t start = bench_now();
  if (send_all(extension->client, request, length) < 0) return -1;
  if (read_message(extension->client, answer, sizeof answer, 0) < 0) return -1;
  *round_trip = bench_now() - start;
  return memcmp(answer, "HTTP/1.1 200", 12) == 0 ? 0 : (errno = EPROTO, -1);
}

// The article on the local protocol says what is where.
static int write_page(bench_extension *extension) {
  char id[37];
  uint64_t one = 1;
  if (__atomic_load_n(extension->page + 8, __ATOMIC_ACQUIRE) != extension->done) {
    errno = EPROTO;
    return -1;
  }
  bench_request_id(extension, id);
  memcpy(extension->page + 17, id, 36);
  extension->page[16] = 36;
  __atomic_store_n(extension->page, ++extension->done, __ATOMIC_RELEASE);
  return write(extension->bell, &one, sizeof one) == sizeof one ? 0 : -1;
}

static int done_to_next_by_page(bench_extension *extension, int64_t *time) {
  int64_t start = bench_now();
  if (write_page(extension) < 0 || bench_expect_next(extension) < 0) return -1;
  *time = bench_now() - start;
  return 0;
}

static int done_to_next(bench_extension *extension, int64_t *time) {
  char request[256], answer[1024];
  size_t length = done_request(extension, request);
  int64_t start = bench_now();
  if (send_all(extension->client, request, length) < 0) return -1;
  if (bench_expect_next(extension) < 0) return -1;
  *time = bench_now() - start;
  return read_message(extension->client, answer, sizeof answer, 0) < 0 ? -1 : 0;
}

int bench_cycles(bench_extension *extension, int count, int64_t *samples) {
  for (int index = 0; index < count; index++) {
    if (bench_invoke(extension) < 0) return -1;
    if (extension->page) {
      if (done_to_next_by_page(extension, samples + index) < 0) return -1;
    } else if (index % 2 == 0) {
      if (bench_done(extension, samples + index) < 0 || bench_expect_next(extension) < 0) return -1;
    } else if (done_to_next(extension, samples + index) < 0) {
      return -1;
    }
  }
  return 0;
}

int bench_round_trips(bench_extension *extension, int count, int64_t *samples) {
  for (int index = 0; index < count; index++) {
    extension->cycle++;
    if (bench_done(extension, samples + index) < 0) return -1;
  }
  return 0;
}
