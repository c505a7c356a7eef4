// Counts the allocations of each thread of a test executable, by standing before the C library's malloc.
#ifndef CALLOCATIONCOUNT_H
#define CALLOCATIONCOUNT_H

#include <stdbool.h>
#include <stdint.h>

// True if this build counts: not with a sanitizer, which has an allocator of its own, nor with a C library other than
// glibc.
bool allocations_are_counted(void);

// The number of allocations the calling thread has made; always zero in a build that does not count.
uint64_t allocation_count(void);

#endif
