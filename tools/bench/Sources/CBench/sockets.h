// What the parts of the benchmark that have sockets share.
#ifndef SOCKETS_H
#define SOCKETS_H

#include <sched.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include "CBench.h"

// A call that waits longer than this on its peer has lost it.
static inline void limit_waits(int number) {
  struct timeval limit = {.tv_sec = 120};
  setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

static inline int send_all(int number, const char *bytes, size_t length) {
  return send(number, bytes, length, MSG_NOSIGNAL) == (ssize_t)length ? 0 : -1;
}

// On one core this gives whoever was sent something its turn, to go back to sleep.
static inline void let_it_sleep(void) {
  for (int64_t end = bench_now() + 5000; bench_now() < end;) sched_yield();
}

// The deadline of an invocation that has a quarter of an hour, in milliseconds since 1970.
static inline long long far_deadline(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return (long long)time.tv_sec * 1000 + 900000;
}

#endif
