#include "CLinux.h"

#if defined(CLINUX_SMALL_MEMORY)
// Memory for a static executable of one thread: the layer's. It stands in for musl's malloc, whose 8 KB of code hold what
// the extension has no use for (threads, checks of the heap, memory given back).
//
// A block has room for a power of two. Freed blocks are kept by that power and never joined, so that what a program holds
// is bounded by the most it ever used of each. Large blocks are mappings of their own and are given back.

#include <limits.h>

enum { smallest = 4, largest = 16, chunk = 1 << 18 };

// Stands before what the caller sees, which is thereby aligned to 16 bytes.
struct block {
  size_t room;
  struct block *next;  // while it is free
};

static struct block *kept[largest + 1];
static char *unused;
static size_t left;

static void *map(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

// The power of two that has room for so many bytes.
static int power(size_t size) {
  return size <= 1 << smallest ? smallest : (int)sizeof size * CHAR_BIT - __builtin_clzl(size - 1);
}

static struct block *carve(size_t room) {
  size_t size = sizeof(struct block) + room;
  if (left < size) {
    // What was left is lost; it was never touched, so that it cost no memory.
    if ((unused = map(chunk)) == NULL) {
      left = 0;
      return NULL;
    }
    left = chunk;
  }
  struct block *block = (struct block *)unused;
  unused += size;
  left -= size;
  block->room = room;
  return block;
}

void *malloc(size_t size) {
  struct block *block = NULL;
  if (size <= (size_t)1 << largest) {
    int class = power(size);
    if ((block = kept[class]) != NULL) {
      kept[class] = block->next;
    } else {
      block = carve((size_t)1 << class);
    }
  } else if (size <= PTRDIFF_MAX - sizeof *block && (block = map(sizeof *block + size)) != NULL) {
    block->room = size;
  }
  if (block == NULL) errno = ENOMEM;
  return block == NULL ? NULL : block + 1;
}

void free(void *memory) {
  if (memory == NULL) return;
  struct block *block = (struct block *)memory - 1;
  if (block->room > (size_t)1 << largest) {
    munmap(block, sizeof *block + block->room);
    return;
  }
  int class = power(block->room);
  block->next = kept[class];
  kept[class] = block;
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment > sizeof(struct block)) return EINVAL;
  *memory = malloc(size);
  return *memory == NULL ? ENOMEM : 0;
}

// Nobody asks for these today. They are here so that libc's, which know another heap, never join.

// Told not to see what it does: the compiler would make one call of calloc of it.
__attribute__((no_builtin)) void *calloc(size_t count, size_t size) {
  size_t total;
  void *memory = __builtin_mul_overflow(count, size, &total) ? malloc(SIZE_MAX) : malloc(total);
  return memory == NULL ? NULL : memset(memory, 0, total);
}

void *realloc(void *memory, size_t size) {
  if (memory == NULL) return malloc(size);
  size_t room = ((struct block *)memory - 1)->room;
  void *moved = malloc(size);
  if (moved == NULL) return NULL;
  memcpy(moved, memory, room < size ? room : size);
  free(memory);
  return moved;
}

void *aligned_alloc(size_t alignment, size_t size) {
  void *memory;
  int failure = posix_memalign(&memory, alignment, size);
  if (failure == 0) return memory;
  errno = failure;
  return NULL;
}
#endif
