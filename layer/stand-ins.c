// What GCC's libraries ask for when they are linked statically, and glibc 2.34 of provided.al2023 does not have: see layer/package.
#define _GNU_SOURCE
#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

// Hidden, as the libraries beside the executable keep those that they came with. Under other names here, as newer headers declare
// them.
#define STAND_IN(name) __asm__(name) __attribute__((visibility("hidden")))

// struct dl_find_object of glibc 2.35, as far as the unwinder reads it.
struct object {
  unsigned long long flags;
  void *start, *end;
  struct link_map *map;
  // The table of the frames (PT_GNU_EH_FRAME).
  void *frames;
#if !defined(__x86_64__)
  void *base;
#endif
};

struct search {
  uintptr_t address;
  struct object *result;
};

static int look(struct dl_phdr_info *info, size_t size, void *argument) {
  struct search *search = argument;
  const ElfW(Phdr) *frames = NULL, *around = NULL;
  (void)size;
  for (int index = 0; index < info->dlpi_phnum; index++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[index];
    if (part->p_type == PT_GNU_EH_FRAME) frames = part;
    if (part->p_type == PT_LOAD && search->address - (info->dlpi_addr + part->p_vaddr) < part->p_memsz) around = part;
  }
  if (!around) return 0;
  if (!frames) return -1;
  *search->result = (struct object){
      .start = (void *)(info->dlpi_addr + around->p_vaddr),
      .end = (void *)(info->dlpi_addr + around->p_vaddr + around->p_memsz),
      .frames = (void *)(info->dlpi_addr + frames->p_vaddr),
  };
  return 1;
}

// The unwinder's question where the frames of an address are described: _dl_find_object(3), of glibc 2.35. Returns 0 when it is
// known.
int find_object(void *address, struct object *result) STAND_IN("_dl_find_object");
int find_object(void *address, struct object *result) {
  struct search search = {(uintptr_t)address, result};
  return dl_iterate_phdr(look, &search) == 1 ? 0 : -1;
}

// std::random_device's source: arc4random(3), of glibc 2.36.
uint32_t random_number(void) STAND_IN("arc4random");
uint32_t random_number(void) {
  uint32_t number;
  while (getrandom(&number, sizeof number, 0) != sizeof number)
    if (errno != EINTR) abort();
  return number;
}
