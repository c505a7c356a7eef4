// A kernel of the test's own under code that makes ordinary system calls.
//
// This module defines the C library's wrappers (read, epoll_wait, clock_gettime and their kin) in the test executable, where
// they come before the C library's. On a thread that is inside simulated_run they ask the simulated kernel; everywhere
// else they are the C library's. Nothing of this is in any product.
#ifndef CSIMULATEDKERNEL_H
#define CSIMULATEDKERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

enum simulated_call_name {
  simulated_epoll_create,
  // first: operation, second: the descriptor meant; bytes: struct epoll_event
  simulated_epoll_control,
  // first: timeout in milliseconds, count: room for events; bytes: struct epoll_event[]
  simulated_epoll_wait,
  // first: family
  simulated_socket,
  // bytes: struct sockaddr
  simulated_bind,
  simulated_listen,
  simulated_connect,
  simulated_accept,
  simulated_read,
  simulated_write,
  simulated_shutdown,
  simulated_close,
  simulated_signalfd,
  simulated_alarm_create,
  // first: the monotonic clock's reading at which it rings, in nanoseconds; 0 takes it back
  simulated_alarm_set,
  // the result is the errno that waits
  simulated_socket_error,
  // the result is the family of the peer's address
  simulated_peer_family,
  // the result is the peer's user
  simulated_peer_user,
  // the result is the peer's process
  simulated_peer_process,
  // first: the process; the result is a descriptor (pidfd_open)
  simulated_process_open,
  // the result is 1 when a read would not wait, else 0
  simulated_poll,
  // the result is the descriptor of a file in memory
  simulated_memory_create,
  // first: the seals
  simulated_seal,
  // first: flags, count: bytes; the result is the address
  simulated_map,
  // bytes: the address; the result is 1 if it was mapped here
  simulated_unmap,
  simulated_event_create,
  // a write with two descriptors beside it, first and second
  simulated_pass,
  // first: the clock; the result is its reading in nanoseconds
  simulated_clock,
};

struct simulated_call {
  enum simulated_call_name name;
  int fd;
  int64_t first;
  int64_t second;
  void *bytes;
  size_t count;
};

struct simulated_kernel {
  void *context;
  // Returns the result of the call, or an errno, negated.
  int64_t (*call)(void *context, const struct simulated_call *call);
  // NAME=VALUE, with a null pointer behind the last.
  const char *const *environment;
};

// The end of a simulated process.
struct simulated_end {
  // The value that the body returned.
  int code;
  // The signal of a trap in it, or zero.
  int signal;
  // True if simulated_abandon was called.
  bool abandoned;
};

// True if the executable can simulate; not under the thread sanitizer, which defines the same wrappers.
bool simulated_is_available(void);

// Runs the body on a thread of its own, under the kernel, to its end. A trap ends the thread alone.
struct simulated_end simulated_run(const struct simulated_kernel *kernel, int (*body)(void *), void *argument);

// Ends the simulated process from within a call, as SIGKILL would. Does not return, and frees nothing.
void simulated_abandon(void) __attribute__((noreturn));

// epoll_data is a union and epoll_event packed on x86_64.
static inline void simulated_event_set(struct epoll_event *event, uint32_t events, uint64_t token) {
  event->events = events;
  event->data.u64 = token;
}
static inline uint64_t simulated_event_token(const struct epoll_event *event) { return event->data.u64; }

#endif
