#include "CLinux.h"

#if !defined(__GLIBC__)
#include <sys/random.h>
// Swift's Dictionary and Set take their hash seed from here in Embedded mode; musl has no such function.
void arc4random_buf(void *bytes, size_t count) {
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
#endif
