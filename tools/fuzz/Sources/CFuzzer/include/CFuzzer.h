#ifndef CFUZZER_H
#define CFUZZER_H

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's loop, in a program that has a `main` of its own (LLVM's "libFuzzer", "Using libFuzzer as a library").
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*run)(const uint8_t *data, size_t size));

/// Two connected, nonblocking stream sockets; 0, or -1 with errno.
int fuzzer_socket_pair(int *one, int *other);

#endif
