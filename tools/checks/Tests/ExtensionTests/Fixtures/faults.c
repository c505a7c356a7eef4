// Stands before the C library and makes calls fail. Preloaded.
//
// FAULT is a plan: "NAME ERROR N" strikes the Nth call of that name, with an error, or with less than was asked for where ERROR
// is 0; FAULT_MARK names a file that is there once it was struck. "hail SEED N" does so to one harmless call in N, "storm SEED N"
// to one call in N of those in TABLE, the names with their errors, which the test defines.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static char wanted[32];
static int error, nth, rate, isStorm;
static uint64_t state;

__attribute__((constructor)) static void start(void) {
  const char *plan = getenv("FAULT");
  if (!plan) return;
  sscanf(plan, "%31s %d %d", wanted, &error, &nth);
  isStorm = strcmp(wanted, "storm") == 0;
  if (isStorm || strcmp(wanted, "hail") == 0) { state = (uint64_t)error * 0x9E3779B97F4A7C15u; rate = nth; }
}

enum { pass, fail, less };

static int roll(unsigned sides) {
  state ^= state << 13; state ^= state >> 7; state ^= state << 17;
  return (int)(state % sides);
}

// The table of the calls' errors, as the test has it.
static const struct { const char *name; int errors[10]; } table[] = {TABLE};

static int storm(const char *name) {
  if (roll((unsigned)rate) != 0) return pass;
  for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
    if (strcmp(table[i].name, name) != 0) continue;
    int count = 0;
    while (count < 10 && table[i].errors[count] >= 0) count++;
    errno = table[i].errors[roll((unsigned)count)];
    return errno ? fail : less;
  }
  return pass;
}

// Tells that the call came that was to be struck.
static void mark(void) {
  const char *path = getenv("FAULT_MARK");
  int file = path ? open(path, O_CREAT | O_WRONLY, 0600) : -1;
  if (file >= 0) syscall(SYS_close, file);
}

// Returns the fate of this call.
static int fate(const char *name) {
  if (isStorm) return storm(name);
  if (rate) {
    int moves = strcmp(name, "recv") == 0 || strcmp(name, "send") == 0;
    int waits = strcmp(name, "epoll_wait") == 0 || strcmp(name, "accept4") == 0;
    if (!(moves || waits) || roll((unsigned)rate) != 0) return pass;
    if (moves && roll(2)) return less;
    errno = moves && roll(2) ? EAGAIN : EINTR;
    return fail;
  }
  if (strcmp(name, wanted) != 0 || --nth != 0) return pass;
  mark();
  if (error == 0) return less;
  errno = error;
  return fail;
}

#define REAL(f) ((__typeof__(&f))dlsym(RTLD_NEXT, #f))
#define WRAP(type, f, parameters, ...) \
  type f parameters { return fate(#f) == fail ? -1 : REAL(f)(__VA_ARGS__); }

WRAP(int, epoll_create1, (int a), a)
WRAP(int, signalfd, (int a, const sigset_t *b, int c), a, b, c)
WRAP(int, socket, (int a, int b, int c), a, b, c)
WRAP(int, setsockopt, (int a, int b, int c, const void *d, socklen_t e), a, b, c, d, e)
WRAP(int, getsockopt, (int a, int b, int c, void *d, socklen_t *e), a, b, c, d, e)
WRAP(int, bind, (int a, __CONST_SOCKADDR_ARG b, socklen_t c), a, b, c)
WRAP(int, listen, (int a, int b), a, b)
WRAP(int, connect, (int a, __CONST_SOCKADDR_ARG b, socklen_t c), a, b, c)

// To forget a descriptor takes no memory.
int epoll_ctl(int a, int b, int c, struct epoll_event *d) {
  return b != EPOLL_CTL_DEL && fate("epoll_ctl") == fail ? -1 : REAL(epoll_ctl)(a, b, c, d);
}

WRAP(int, poll, (struct pollfd *a, nfds_t b, int c), a, b, c)

WRAP(int, memfd_create, (const char *a, unsigned b), a, b)
WRAP(int, eventfd, (unsigned a, int b), a, b)

// The seals alone.
int fcntl(int a, int b, ...) {
  va_list list;
  va_start(list, b);
  void *c = va_arg(list, void *);
  va_end(list);
  return b == F_ADD_SEALS && fate("fcntl") == fail ? -1 : REAL(fcntl)(a, b, c);
}

void *mmap(void *a, size_t b, int c, int d, int e, off_t f) {
  return e >= 0 && (d & MAP_SHARED) && fate("mmap") == fail ? MAP_FAILED : REAL(mmap)(a, b, c, d, e, f);
}

// The C library has no wrapper of it everywhere.
long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
  long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
  va_end(list);
  if (number == SYS_pidfd_open && fate("pidfd_open") == fail) return -1;
  return REAL(syscall)(number, a, b, c, d, e, f);
}

WRAP(int, epoll_wait, (int a, struct epoll_event *b, int c, int d), a, b, c, d)
WRAP(int, accept4, (int a, __SOCKADDR_ARG b, socklen_t *c, int d), a, b, c, d)

// The descriptor is gone even when close(2) fails.
int close(int a) {
  int result = fate("close"), was = errno;
  if (result == fail) { REAL(close)(a); errno = was; return -1; }
  return REAL(close)(a);
}

// A connection that was lost is lost in both directions.
static int lose(int a) {
  int was = errno;
  if (was != EAGAIN && was != EINTR) shutdown(a, SHUT_RDWR);
  errno = was;
  return -1;
}

ssize_t recv(int a, void *b, size_t c, int d) {
  int result = fate("recv");
  if (result == fail) return lose(a);
  return REAL(recv)(a, b, result == less && c > 7 ? 7 : c, d);
}

ssize_t send(int a, const void *b, size_t c, int d) {
  int result = fate("send");
  if (result == fail) return lose(a);
  return REAL(send)(a, b, result == less && c > 7 ? 7 : c, d);
}

ssize_t sendmsg(int a, const struct msghdr *b, int c) {
  int result = fate("sendmsg");
  if (result == fail) return errno == ENOMEM || errno == ETOOMANYREFS ? -1 : lose(a);
  struct iovec part = *b->msg_iov;
  struct msghdr message = *b;
  message.msg_iov = &part;
  if (result == less && part.iov_len > 7) part.iov_len = 7;
  return REAL(sendmsg)(a, &message, c);
}
