#define _GNU_SOURCE
#include "CBench.h"
#include "CProcesses.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

struct bench_trace {
  // By number.
  _Atomic int64_t calls[512];
  _Atomic pid_t pid;
};

pid_t bench_traced_pid(const bench_trace *trace) { return trace->pid; }

int64_t bench_calls(const bench_trace *trace) {
  int64_t sum = 0;
  for (int number = 0; number < 512; number++) sum += trace->calls[number];
  return sum;
}

static void become(const char *path, char *const argv[], char *const envp[], int cpu) {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  processes_pin(cpu);
  int null = open("/dev/null", O_RDWR);
  for (int number = 0; number < 3; number++) dup2(null, number);
  ptrace(PTRACE_TRACEME, 0, 0, 0);
  raise(SIGSTOP);
  execve(path, argv, envp);
  _exit(127);
}

static void count_calls(pid_t pid, bench_trace *trace) {
  int status;
  if (waitpid(pid, &status, 0) < 0) return;
  ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  trace->pid = pid;
  int signal = 0;
  while (ptrace(PTRACE_SYSCALL, pid, 0, signal) == 0 && waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
    signal = 0;
    if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
      signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
      continue;
    }
    struct __ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY &&
        info.entry.nr < 512)
      trace->calls[info.entry.nr]++;
  }
}

pid_t bench_spawn_traced(const char *path, char *const argv[], char *const envp[], int cpu, bench_trace **result) {
  bench_trace *trace = mmap(NULL, sizeof *trace, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (trace == MAP_FAILED) return -1;
  pid_t tracer = fork();
  if (tracer == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    pid_t pid = fork();
    if (pid == 0) become(path, argv, envp, cpu);
    if (pid > 0) count_calls(pid, trace);
    _exit(0);
  }
  if (tracer < 0) {
    munmap(trace, sizeof *trace);
    return -1;
  }
  *result = trace;
  return tracer;
}

void bench_end_trace(pid_t tracer, bench_trace *trace) {
  if (trace->pid > 0) kill(trace->pid, SIGKILL);
  kill(tracer, SIGKILL);
  waitpid(tracer, NULL, 0);
  munmap(trace, sizeof *trace);
}
