#include "CMemory.h"
#include <malloc.h>

size_t memory_in_use(void) {
  struct mallinfo2 memory = mallinfo2();
  return memory.uordblks + memory.hblkhd;
}
