// What the layer's executable has instead of libc: one thread, no stdio, no locale, a fifth of the code, and a start of a few
// instructions. Together with SystemCalls.S; musl still gives the headers and the functions that touch nothing but memory.
#if CLINUX_FREESTANDING
#include "CLinux.h"
#include <elf.h>

// SystemCalls.S
int clinux_clock_gettime(clockid_t clock, struct timespec *time);
_Noreturn void clinux_exit(int status);
int clinux_openat(int folder, const char *path, int flags, mode_t mode);
ssize_t clinux_recvfrom(int fd, void *bytes, size_t count, int flags, void *address, socklen_t *length);
ssize_t clinux_sendto(int fd, const void *bytes, size_t count, int flags, const void *address, socklen_t length);
long clinux_set_thread(int code, const void *thread);
int clinux_sigprocmask(int how, const sigset_t *set, sigset_t *old, size_t size);
int clinux_signalfd(int fd, const sigset_t *set, size_t size, int flags);

int main(int count, char **arguments);

char **environ;
static int error;
static int (*read_clock)(clockid_t, struct timespec *) = clinux_clock_gettime;

// The kernel knows signals 1 to 64, one bit each.
enum { signal_set_size = 8 };

int *__errno_location(void) { return &error; }

// What of musl the linker looks at, and drops, asks for it by this name.
int *___errno_location(void) __attribute__((alias("__errno_location")));

// Where a system call that failed ends.
long clinux_fail(long result) {
  error = (int)-result;
  return -1;
}

int clock_gettime(clockid_t clock, struct timespec *time) { return read_clock(clock, time); }

int epoll_wait(int fd, struct epoll_event *events, int capacity, int timeout) {
  return epoll_pwait(fd, events, capacity, timeout, NULL);
}

ssize_t recv(int fd, void *bytes, size_t count, int flags) { return clinux_recvfrom(fd, bytes, count, flags, NULL, NULL); }

ssize_t send(int fd, const void *bytes, size_t count, int flags) { return clinux_sendto(fd, bytes, count, flags, NULL, 0); }

int signalfd(int fd, const sigset_t *set, int flags) { return clinux_signalfd(fd, set, signal_set_size, flags); }

// libc's returns the error.
int pthread_sigmask(int how, const sigset_t *set, sigset_t *old) {
  return clinux_sigprocmask(how, set, old, signal_set_size) < 0 ? error : 0;
}

int sigemptyset(sigset_t *set) {
  *(uint64_t *)set = 0;
  return 0;
}

int sigaddset(sigset_t *set, int number) {
  *(uint64_t *)set |= 1ull << (number - 1);
  return 0;
}

// Variadic where it is called, which makes no difference to three arguments in registers.
int clinux_open_file(const char *path, int flags, mode_t mode) __asm__("open");
int clinux_open_file(const char *path, int flags, mode_t mode) { return clinux_openat(AT_FDCWD, path, flags, mode); }

static int equal(const char *left, const char *right) {
  while (*left && *left == *right) left++, right++;
  return *left == *right;
}

char *getenv(const char *name) {
  size_t length = strlen(name);
  for (char **variable = environ; *variable; variable++) {
    size_t count = 0;
    while (count < length && (*variable)[count] == name[count]) count++;
    if (count == length && (*variable)[count] == '=') return *variable + length + 1;
  }
  return NULL;
}

#if defined(__x86_64__)
static const char clock_name[] = "__vdso_clock_gettime";
#else
static const char clock_name[] = "__kernel_clock_gettime";
#endif

// Finds the kernel's own function that reads the clock without a system call, in the library that it maps into every process
// (vdso(7)). What an emulator has none of, or a kernel lists in another way, is left as it is.
static void find_clock(const char *library) {
  const Elf64_Ehdr *header = (const void *)library;
  const Elf64_Phdr *segment = (const void *)(library + header->e_phoff);
  const Elf64_Dyn *entry = NULL;
  const char *base = NULL;
  for (int left = header->e_phnum; left > 0; left--, segment++) {
    if (segment->p_type == PT_LOAD && !base) base = library + segment->p_offset - segment->p_vaddr;
    if (segment->p_type == PT_DYNAMIC) entry = (const void *)(library + segment->p_offset);
  }
  if (!entry || !base) return;
  const Elf64_Sym *symbols = NULL;
  const char *names = NULL;
  const uint32_t *hash = NULL;
  for (; entry->d_tag != DT_NULL; entry++) {
    const char *value = base + entry->d_un.d_ptr;
    if (entry->d_tag == DT_SYMTAB) symbols = (const void *)value;
    if (entry->d_tag == DT_STRTAB) names = value;
    if (entry->d_tag == DT_HASH) hash = (const void *)value;
  }
  if (!symbols || !names || !hash) return;
  // The table's second number counts the symbols.
  for (uint32_t index = 0; index < hash[1]; index++) {
    if (symbols[index].st_shndx != SHN_UNDEF && equal(names + symbols[index].st_name, clock_name)) {
      read_clock = (int (*)(clockid_t, struct timespec *))(base + symbols[index].st_value);
    }
  }
}

// The number that functions with arrays on the stack keep behind them, and look at again before they return.
#if defined(__x86_64__)
static struct {
  uintptr_t others[5];
  uintptr_t guard;
} thread;
static void set_guard(uintptr_t guard) {
  enum { set_fs = 0x1002 };  // ARCH_SET_FS of arch_prctl(2)
  thread.guard = guard;
  clinux_set_thread(set_fs, &thread);
}
#else
uintptr_t __stack_chk_guard;
static void set_guard(uintptr_t guard) { __stack_chk_guard = guard; }
#endif

_Noreturn void __stack_chk_fail(void) { __builtin_trap(); }

// What the kernel leaves on the stack: the count of arguments, they, a zero, the environment, a zero, facts about the
// process.
_Noreturn void clinux_start(long *stack) {
  char **arguments = (char **)(stack + 1);
  environ = arguments + *stack + 1;
  char **end = environ;
  while (*end) end++;
  for (const Elf64_auxv_t *fact = (const void *)(end + 1); fact->a_type != AT_NULL; fact++) {
    if (fact->a_type == AT_SYSINFO_EHDR) find_clock((const char *)fact->a_un.a_val);
    // The first byte stays zero, which no string copied too far can write.
    if (fact->a_type == AT_RANDOM) set_guard(*(const uintptr_t *)fact->a_un.a_val << 8);
  }
  clinux_exit(main((int)*stack, arguments));
}
#endif
