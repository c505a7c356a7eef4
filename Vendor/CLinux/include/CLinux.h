// C that Swift's view of libc lacks: epoll, eventfd, signalfd, timerfd, accept4 and the macros that the
// importer cannot see. Declarations and one-line shims, and what Swift cannot say: the instruction that calls the
// kernel. No logic lives here but what libc lacks in some version that we run on (CLinux.c).
#ifndef CLINUX_H
#define CLINUX_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Declared here because _GNU_SOURCE, which libc asks for, would make this module's view of libc's headers differ from
// Foundation's, and one program cannot import both.
extern char **environ;
int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
int pipe2(int fds[2], int flags);
int memfd_create(const char *name, unsigned flags);
void arc4random_buf(void *bytes, size_t count);

static inline int clinux_errno(void) { return errno; }
static inline void clinux_set_errno(int value) { errno = value; }
static inline char **clinux_environ(void) { return environ; }
static inline void clinux_set_environ(char **variables) { environ = variables; }

// Variadic in C, so not importable as they are.
static inline int clinux_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }
static inline int clinux_fcntl(int fd, int command, int argument) { return fcntl(fd, command, argument); }

// pthread_t is a number in glibc and a pointer in musl.
static inline uintptr_t clinux_thread(void) { return (uintptr_t)pthread_self(); }

// libc wraps pidfd_open only since glibc 2.36, and musl not at all. A program without libc has one of its own.
#if CLINUX_FREESTANDING
int pidfd_open(pid_t pid, unsigned flags);
static inline int clinux_pidfd_open(pid_t pid) { return pidfd_open(pid, 0); }
#else
static inline int clinux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
#endif

// 1 when a read would not wait, else 0 (poll(2)); does not wait itself.
static inline int clinux_poll_read(int fd) {
  struct pollfd asked = {.fd = fd, .events = POLLIN};
  return poll(&asked, 1, 0);
}

// glibc types the address as a transparent union in C, musl as a pointer; Swift sees one form of each call here.
static inline int clinux_bind(int fd, const void *address, socklen_t length) {
  return bind(fd, (const struct sockaddr *)address, length);
}
static inline int clinux_connect(int fd, const void *address, socklen_t length) {
  return connect(fd, (const struct sockaddr *)address, length);
}
static inline int clinux_getsockname(int fd, void *address, socklen_t *length) {
  return getsockname(fd, (struct sockaddr *)address, length);
}
static inline int clinux_getpeername(int fd, void *address, socklen_t *length) {
  return getpeername(fd, (struct sockaddr *)address, length);
}
static inline int clinux_accept(int fd, void *address, socklen_t *length) {
  return accept4(fd, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// struct ucred of unix(7), which libc shows under _GNU_SOURCE only.
struct clinux_credentials {
  pid_t process;
  uid_t user;
  gid_t group;
};
static inline int clinux_peer_credentials(int fd, struct clinux_credentials *credentials) {
  socklen_t length = sizeof *credentials;
  return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, &length);
}

// A message with two descriptors beside its bytes (unix(7), SCM_RIGHTS), whose control part macros lay out.
union clinux_pair {
  struct cmsghdr header;
  char room[CMSG_SPACE(2 * sizeof(int))];
};
static inline ssize_t clinux_send_pair(int fd, const void *bytes, size_t count, int first, int second) {
  union clinux_pair control = {
    .header = {.cmsg_len = CMSG_LEN(2 * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
  ((int *)CMSG_DATA(&control.header))[0] = first;
  ((int *)CMSG_DATA(&control.header))[1] = second;
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  return sendmsg(fd, &message, MSG_NOSIGNAL);
}
// The descriptors are -1 where none came; what came beside two is closed by the kernel.
static inline ssize_t clinux_receive_pair(int fd, void *bytes, size_t count, int *first, int *second) {
  union clinux_pair control;
  struct iovec part = {.iov_base = bytes, .iov_len = count};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t result = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  const struct cmsghdr *header = result < 0 ? NULL : CMSG_FIRSTHDR(&message);
  if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) header = NULL;
  *first = header && header->cmsg_len >= CMSG_LEN(sizeof(int)) ? ((const int *)CMSG_DATA(header))[0] : -1;
  *second = header && header->cmsg_len >= CMSG_LEN(2 * sizeof(int)) ? ((const int *)CMSG_DATA(header))[1] : -1;
  return result;
}

// Memory that another process may write at any time: each is one access of the processor's, which the compiler neither repeats
// nor leaves out.
static inline uint64_t clinux_load(const uint64_t *place) { return __atomic_load_n(place, __ATOMIC_RELAXED); }
static inline uint64_t clinux_load_acquiring(const uint64_t *place) { return __atomic_load_n(place, __ATOMIC_ACQUIRE); }
static inline void clinux_store(uint64_t *place, uint64_t value) { __atomic_store_n(place, value, __ATOMIC_RELAXED); }
static inline void clinux_store_releasing(uint64_t *place, uint64_t value) {
  __atomic_store_n(place, value, __ATOMIC_RELEASE);
}

// Shown under _GNU_SOURCE only.
static const unsigned clinux_memfd_flags = 1 | 2;      // MFD_CLOEXEC | MFD_ALLOW_SEALING
static const int clinux_add_seals = 1033;              // F_ADD_SEALS
static const int clinux_get_seals = 1034;              // F_GET_SEALS
static const int clinux_size_seals = 1 | 2 | 4;        // F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW
static const int clinux_wipe_on_fork = 18;             // MADV_WIPEONFORK

// Enumerators in glibc's headers, macros in musl's; plain integers here.
static const int clinux_sock_stream_flags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
static const int clinux_sock_stream = SOCK_STREAM;
static const int clinux_sock_dgram_flags = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
static const int clinux_shut_wr = SHUT_WR;
static const int clinux_epoll_cloexec = EPOLL_CLOEXEC;
static const int clinux_eventfd_flags = EFD_NONBLOCK | EFD_CLOEXEC;
static const int clinux_timerfd_flags = TFD_NONBLOCK | TFD_CLOEXEC;
static const int clinux_timerfd_absolute = TFD_TIMER_ABSTIME;
static const int clinux_signalfd_flags = SFD_NONBLOCK | SFD_CLOEXEC;
static const uint32_t clinux_epoll_in = EPOLLIN;
static const uint32_t clinux_epoll_out = EPOLLOUT;
static const uint32_t clinux_epoll_err = EPOLLERR;
static const uint32_t clinux_epoll_hup = EPOLLHUP;
static const uint32_t clinux_epoll_rdhup = EPOLLRDHUP;
static const uint32_t clinux_epoll_et = (uint32_t)EPOLLET;
static const int clinux_msg_nosignal = MSG_NOSIGNAL;
static const int clinux_msg_dontwait = MSG_DONTWAIT;
static const int clinux_ipproto_tcp = IPPROTO_TCP;
static const int clinux_ipproto_ipv6 = IPPROTO_IPV6;

// epoll_data is a union and epoll_event packed on x86_64: both are read and written through these.
static inline void clinux_epoll_set(struct epoll_event *event, uint32_t events, uint64_t token) {
  event->events = events;
  event->data.u64 = token;
}
static inline uint64_t clinux_epoll_token(const struct epoll_event *event) { return event->data.u64; }
static inline uint32_t clinux_epoll_events(const struct epoll_event *event) { return event->events; }

#if CLINUX_FREESTANDING
#include <elf.h>

// The instruction with which a program without libc calls the kernel (syscall(2)); what it returns is -errno on failure.
static inline long clinux_system_call(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
#else
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
#endif
}
#endif

#endif
