// Stands before the C library and moves the clocks of a process, as a long freeze does. Preloaded.
//
// The file named by CLOCK_SHIFT holds two 64-bit counts of nanoseconds in this machine's byte order, which are added to
// whatever the process reads: to the wall clock, and to the monotonic clocks. Whoever changes the file moves the clocks of
// every process that has it, at once. Timers go by time that passes: they are not moved. A static executable is not reached.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { wall, monotonic, kinds };
static const int64_t none[kinds];
static const volatile int64_t *shift = none;

// Clocks by timer descriptor, for those below a number that our processes never reach.
enum { descriptors = 1024 };
static clockid_t clocks[descriptors];

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("CLOCK_SHIFT");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *page = mmap(NULL, sizeof none, PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (page != MAP_FAILED) shift = page;
}

static int64_t shift_of(clockid_t clock) {
  switch (clock) {
  case CLOCK_REALTIME:
  case CLOCK_REALTIME_COARSE: return shift[wall];
  case CLOCK_MONOTONIC:
  case CLOCK_MONOTONIC_COARSE:
  case CLOCK_MONOTONIC_RAW:
  case CLOCK_BOOTTIME: return shift[monotonic];
  default: return 0;
  }
}

static void move(struct timespec *time, int64_t nanoseconds) {
  int64_t sum = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + nanoseconds;
  time->tv_sec = sum / 1000000000;
  time->tv_nsec = sum % 1000000000;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = (int)syscall(SYS_clock_gettime, clock, time);
  if (result == 0) move(time, shift_of(clock));
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone;
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  time->tv_sec = exact.tv_sec;
  time->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *result) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (result) *result = exact.tv_sec;
  return exact.tv_sec;
}

// An absolute time was computed from a clock that was moved; the kernel's was not.
int timerfd_create(clockid_t clock, int flags) {
  int number = (int)syscall(SYS_timerfd_create, clock, flags);
  if (number >= 0 && number < descriptors) clocks[number] = clock;
  return number;
}

int timerfd_settime(int number, int flags, const struct itimerspec *value, struct itimerspec *old) {
  struct itimerspec moved = *value;
  int is_set = moved.it_value.tv_sec != 0 || moved.it_value.tv_nsec != 0;
  if ((flags & TFD_TIMER_ABSTIME) && is_set && number >= 0 && number < descriptors) {
    move(&moved.it_value, -shift_of(clocks[number]));
    // Long past: at once, and not never, which is what zero means.
    if (moved.it_value.tv_sec < 0 || moved.it_value.tv_nsec < 0 ||
        (moved.it_value.tv_sec == 0 && moved.it_value.tv_nsec == 0)) {
      moved.it_value.tv_sec = 0;
      moved.it_value.tv_nsec = 1;
    }
  }
  return (int)syscall(SYS_timerfd_settime, number, flags, &moved, old);
}
