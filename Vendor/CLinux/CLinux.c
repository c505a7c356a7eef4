#include "CLinux.h"

#include <sys/random.h>

#if defined(__GLIBC__)
#include <math.h>
// glibc and libstdc++ have these only in versions that are newer than those of Lambda's images, glibc 2.34 and GCC 11, which
// could not start a program that asks for them. Weak, as a program may bring its own; hidden, as the libraries beside it keep
// those that they came with.
#define STAND_IN __attribute__((weak, visibility("hidden")))
#else
#define STAND_IN
#endif

// Swift's Dictionary and Set take their hash seed from here in Embedded mode. glibc has it since 2.36, musl never.
STAND_IN void arc4random_buf(void *bytes, size_t count) {
  unsigned char *next = bytes;
  while (count > 0) {
    ssize_t got = getrandom(next, count, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      abort();
    }
    next += got;
    count -= (size_t)got;
  }
}

#if defined(__GLIBC__)
// What glibc 2.35 has in another version than 2.34, and Swift's module of it and Foundation call. An infinite side makes an
// infinite hypotenuse, even beside a NaN (C17, F.10.4.3).
STAND_IN float hypotf(float x, float y) {
  if (isinf(x) || isinf(y)) return INFINITY;
  // Squares of all floats are exact in a double, and their sum cannot overflow.
  float result = (float)sqrt((double)x * x + (double)y * y);
  if (isinf(result)) errno = ERANGE;
  return result;
}

STAND_IN double hypot(double x, double y) {
  double result = (double)hypotl(x, y);
  if (isinf(result) && isfinite(x) && isfinite(y)) errno = ERANGE;
  return result;
}

// std::condition_variable::wait(std::unique_lock<std::mutex> &), which Foundation's ICU calls, of GCC 12. Both classes begin
// with what it takes: the condition, and the address of the mutex.
STAND_IN void clinux_condition_variable_wait(pthread_cond_t *condition, pthread_mutex_t **lock) __asm__(
    "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE");
void clinux_condition_variable_wait(pthread_cond_t *condition, pthread_mutex_t **lock) {
  pthread_cond_wait(condition, *lock);
}
#endif
