#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Runs in the child, which borrows its parent's memory until exec: nothing may be changed but `failure`.
static void become(const char *path, char *const arguments[], char *const environment[], const char *directory,
                   int output, pid_t parent, volatile int *failure) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before it could be asked for its death.
  if (getppid() != parent) _exit(127);
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (input >= 0 && dup2(input, 0) >= 0 && dup2(output, 1) >= 0 && dup2(output, 2) >= 0 && chdir(directory) == 0)
    execve(path, arguments, environment);
  *failure = errno;
  _exit(127);
}

int csandbox_spawn(const char *path, char *const arguments[], char *const environment[], const char *directory,
                   int output, pid_t *process) {
  volatile int failure = 0;
  pid_t parent = getpid();
  pid_t child = vfork();
  if (child == 0) become(path, arguments, environment, directory, output, parent, &failure);
  if (child < 0) return errno;
  if (failure != 0) {
    // It has exited already: collect it, so that no zombie is left.
    while (syscall(SYS_wait4, child, NULL, 0, NULL) < 0 && errno == EINTR) continue;
    return failure;
  }
  *process = child;
  return 0;
}

int csandbox_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) < 0) return -1;
  return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

int csandbox_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }
