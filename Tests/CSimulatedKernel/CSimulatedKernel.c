#define _GNU_SOURCE
#include "CSimulatedKernel.h"

#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(name) 0
#endif

struct run {
  const struct simulated_kernel *kernel;
  int (*body)(void *);
  void *argument;
  sigjmp_buf exit;
  struct simulated_end end;
};

static _Thread_local struct run *current;

#if !defined(__GLIBC__) || __has_feature(thread_sanitizer)

bool simulated_is_available(void) { return false; }

#else

bool simulated_is_available(void) { return true; }

// Sets errno as the C library's wrapper would.
static int64_t ask(struct simulated_call call) {
  const struct simulated_kernel *kernel = current->kernel;
  int64_t result = kernel->call(kernel->context, &call);
  if (call.name == simulated_clock || result >= 0) return result;
  errno = (int)-result;
  return -1;
}

#define ASK(...) ask((struct simulated_call){__VA_ARGS__})

// The definition that ours hides, looked up once.
#define REAL(function)                                                                                                 \
  ({                                                                                                                   \
    static __typeof__(&function) real;                                                                                 \
    if (!real) real = (__typeof__(&function))dlsym(RTLD_NEXT, #function);                                              \
    real;                                                                                                              \
  })

int epoll_create1(int flags) {
  if (!current) return REAL(epoll_create1)(flags);
  return (int)ASK(.name = simulated_epoll_create);
}

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event) {
  if (!current) return REAL(epoll_ctl)(epoll, operation, fd, event);
  return (int)ASK(.name = simulated_epoll_control, .fd = epoll, .first = operation, .second = fd, .bytes = event);
}

int epoll_wait(int epoll, struct epoll_event *events, int count, int timeout) {
  if (!current) return REAL(epoll_wait)(epoll, events, count, timeout);
  return (int)ASK(
    .name = simulated_epoll_wait, .fd = epoll, .first = timeout, .bytes = events, .count = (size_t)count);
}

int socket(int family, int type, int protocol) {
  if (!current) return REAL(socket)(family, type, protocol);
  return (int)ASK(.name = simulated_socket, .first = family);
}

int bind(int fd, __CONST_SOCKADDR_ARG address, socklen_t length) {
  if (!current) return REAL(bind)(fd, address, length);
  return (int)ASK(.name = simulated_bind, .fd = fd, .bytes = (void *)address.__sockaddr__, .count = length);
}

int listen(int fd, int backlog) {
  if (!current) return REAL(listen)(fd, backlog);
  return (int)ASK(.name = simulated_listen, .fd = fd);
}

int connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t length) {
  if (!current) return REAL(connect)(fd, address, length);
  return (int)ASK(.name = simulated_connect, .fd = fd, .bytes = (void *)address.__sockaddr__, .count = length);
}

int accept4(int fd, __SOCKADDR_ARG address, socklen_t *length, int flags) {
  if (!current) return REAL(accept4)(fd, address, length, flags);
  return (int)ASK(.name = simulated_accept, .fd = fd);
}

ssize_t read(int fd, void *bytes, size_t count) {
  if (!current) return REAL(read)(fd, bytes, count);
  return (ssize_t)ASK(.name = simulated_read, .fd = fd, .bytes = bytes, .count = count);
}

ssize_t recv(int fd, void *bytes, size_t count, int flags) {
  if (!current) return REAL(recv)(fd, bytes, count, flags);
  return (ssize_t)ASK(.name = simulated_read, .fd = fd, .bytes = bytes, .count = count);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  if (!current) return REAL(write)(fd, bytes, count);
  return (ssize_t)ASK(.name = simulated_write, .fd = fd, .bytes = (void *)bytes, .count = count);
}

ssize_t send(int fd, const void *bytes, size_t count, int flags) {
  if (!current) return REAL(send)(fd, bytes, count, flags);
  return (ssize_t)ASK(.name = simulated_write, .fd = fd, .bytes = (void *)bytes, .count = count);
}

int shutdown(int fd, int how) {
  if (!current) return REAL(shutdown)(fd, how);
  return (int)ASK(.name = simulated_shutdown, .fd = fd);
}

int close(int fd) {
  if (!current) return REAL(close)(fd);
  return (int)ASK(.name = simulated_close, .fd = fd);
}

int signalfd(int fd, const sigset_t *set, int flags) {
  if (!current) return REAL(signalfd)(fd, set, flags);
  return (int)ASK(.name = simulated_signalfd, .fd = fd);
}

int timerfd_create(clockid_t clock, int flags) {
  if (!current) return REAL(timerfd_create)(clock, flags);
  return (int)ASK(.name = simulated_alarm_create);
}

int timerfd_settime(int fd, int flags, const struct itimerspec *time, struct itimerspec *old) {
  if (!current) return REAL(timerfd_settime)(fd, flags, time, old);
  int64_t due = time->it_value.tv_sec * 1000000000 + time->it_value.tv_nsec;
  return (int)ASK(.name = simulated_alarm_set, .fd = fd, .first = due);
}

// Only pidfd_open has no wrapper of its own that all C libraries know.
long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
  long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
  va_end(list);
  if (!current || number != SYS_pidfd_open) return REAL(syscall)(number, a, b, c, d, e, f);
  return (long)ASK(.name = simulated_process_open, .first = (int)a);
}

int poll(struct pollfd *asked, nfds_t count, int timeout) {
  if (!current) return REAL(poll)(asked, count, timeout);
  int64_t answer = ASK(.name = simulated_poll, .fd = asked->fd);
  asked->revents = answer > 0 ? POLLIN : 0;
  return (int)answer;
}

int memfd_create(const char *name, unsigned flags) {
  if (!current) return REAL(memfd_create)(name, flags);
  return (int)ASK(.name = simulated_memory_create);
}

int fcntl(int fd, int command, ...) {
  va_list list;
  va_start(list, command);
  void *argument = va_arg(list, void *);
  va_end(list);
  if (!current || command != F_ADD_SEALS) return REAL(fcntl)(fd, command, argument);
  return (int)ASK(.name = simulated_seal, .fd = fd, .first = (int)(intptr_t)argument);
}

void *mmap(void *address, size_t count, int protection, int flags, int fd, off_t offset) {
  if (!current || fd < 0) return REAL(mmap)(address, count, protection, flags, fd, offset);
  return (void *)(intptr_t)ASK(.name = simulated_map, .fd = fd, .first = flags, .count = count);
}

int munmap(void *address, size_t count) {
  if (current && ASK(.name = simulated_unmap, .bytes = address) == 1) return 0;
  return REAL(munmap)(address, count);
}

int eventfd(unsigned count, int flags) {
  if (!current) return REAL(eventfd)(count, flags);
  return (int)ASK(.name = simulated_event_create);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  if (!current) return REAL(sendmsg)(fd, message, flags);
  int pair[2];
  memcpy(pair, CMSG_DATA(CMSG_FIRSTHDR(message)), sizeof pair);
  return (ssize_t)ASK(
    .name = simulated_pass, .fd = fd, .first = pair[0], .second = pair[1], .bytes = message->msg_iov->iov_base,
    .count = message->msg_iov->iov_len);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
  if (!current) return REAL(setsockopt)(fd, level, name, value, length);
  return 0;
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *length) {
  if (!current) return REAL(getsockopt)(fd, level, name, value, length);
  if (name == SO_PEERCRED) {
    pid_t process = (pid_t)ASK(.name = simulated_peer_process, .fd = fd);
    struct ucred credentials = {.pid = process, .uid = (uid_t)ASK(.name = simulated_peer_user, .fd = fd), .gid = 1};
    memcpy(value, &credentials, sizeof credentials);
    return 0;
  }
  int64_t answer = name == SO_DOMAIN ? ASK(.name = simulated_peer_family, .fd = fd)
                                     : ASK(.name = simulated_socket_error, .fd = fd);
  if (answer < 0) return -1;
  *(int *)value = (int)answer;
  return 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  if (!current) return REAL(clock_gettime)(clock, time);
  int64_t nanoseconds = ASK(.name = simulated_clock, .first = clock);
  time->tv_sec = nanoseconds / 1000000000;
  time->tv_nsec = nanoseconds % 1000000000;
  return 0;
}

char *getenv(const char *name) {
  if (!current) return REAL(getenv)(name);
  size_t length = strlen(name);
  for (const char *const *entry = current->kernel->environment; *entry; entry++) {
    if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') return (char *)*entry + length + 1;
  }
  return NULL;
}

#endif

static const int traps[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT};
static struct sigaction before[sizeof traps / sizeof *traps];

static void trapped(int signal) {
  if (current) {
    current->end.signal = signal;
    siglongjmp(current->exit, 1);
  }
  // Somebody else's: as before, once more.
  for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) {
    if (traps[i] == signal) sigaction(signal, &before[i], NULL);
  }
  raise(signal);
}

static void catch_traps(void) {
  struct sigaction action = {.sa_handler = trapped, .sa_flags = SA_NODEFER};
  for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) sigaction(traps[i], &action, &before[i]);
}

void simulated_abandon(void) {
  current->end.abandoned = true;
  siglongjmp(current->exit, 1);
}

static void *run(void *argument) {
  struct run *run = argument;
  if (sigsetjmp(run->exit, 1) == 0) {
    current = run;
    run->end.code = run->body(run->argument);
  }
  current = NULL;
  return NULL;
}

struct simulated_end simulated_run(const struct simulated_kernel *kernel, int (*body)(void *), void *argument) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, catch_traps);
  struct run state = {.kernel = kernel, .body = body, .argument = argument};
  pthread_t thread;
  if (pthread_create(&thread, NULL, run, &state) != 0) abort();
  pthread_join(thread, NULL);
  return state.end;
}
