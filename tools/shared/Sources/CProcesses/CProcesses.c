#define _GNU_SOURCE
#include "CProcesses.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int processes_pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int number = 0; number < CPU_SETSIZE; number++)
    if (cpu < 0 || number == cpu) CPU_SET(number, &set);
  return sched_setaffinity(0, sizeof set, &set);
}

// Runs in the child, which borrows its parent's memory until exec: nothing may be changed but `failure`.
static void become(const char *program, char *const arguments[], char *const environment[], const processes_setup *setup,
                   pid_t parent, volatile int *failure) {
  if (setup->leads_group) setpgid(0, 0);
  if (setup->dies_with_parent) prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before it could be asked for its death.
  if (setup->dies_with_parent && getppid() != parent) _exit(127);
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  int input = setup->input < 0 ? null : setup->input, output = setup->output < 0 ? null : setup->output;
  int error = setup->error < 0 ? output : setup->error;
  if (null >= 0 && dup2(input, 0) >= 0 && dup2(output, 1) >= 0 && dup2(error, 2) >= 0 &&
      (setup->cpu < -1 || processes_pin(setup->cpu) == 0) && (setup->directory == NULL || chdir(setup->directory) == 0))
    execve(program, arguments, environment);
  *failure = errno;
  _exit(127);
}

int processes_spawn(const char *program, char *const arguments[], char *const environment[], const processes_setup *setup,
                    pid_t *process) {
  volatile int failure = 0;
  pid_t parent = getpid();
  pid_t child = vfork();
  if (child == 0) become(program, arguments, environment, setup, parent, &failure);
  if (child < 0) return errno;
  if (failure != 0) {
    // It has exited already: collect it, so that no zombie is left.
    while (syscall(SYS_wait4, child, NULL, 0, NULL) < 0 && errno == EINTR) continue;
    return failure;
  }
  *process = child;
  return 0;
}

int processes_cpus(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

int processes_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int processes_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }
