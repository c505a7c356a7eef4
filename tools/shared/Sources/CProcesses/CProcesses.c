#define _GNU_SOURCE
#include "CProcesses.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

// Reads numbers, each with a space behind it, from a file, as many as there is room for. Returns how many; -1 where there is no such
// file.
static int read_numbers(const char *path, pid_t *numbers, int room) {
  int file = open(path, O_RDONLY | O_CLOEXEC), count = 0;
  if (file < 0) return -1;
  char text[512];
  pid_t number = 0;
  for (ssize_t size; count < room && (size = read(file, text, sizeof text)) > 0;)
    for (ssize_t index = 0; count < room && index < size; index++) {
      if (text[index] >= '0' && text[index] <= '9') {
        number = number * 10 + (text[index] - '0');
      } else if (number > 0) {
        numbers[count++] = number;
        number = 0;
      }
    }
  close(file);
  return count;
}

int processes_children(pid_t process, pid_t *numbers, int room) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", process);
  struct stat threads;
  if (stat(path, &threads) != 0) return 0;
  // A folder has a link from each folder in it: here, from that of each thread.
  if (threads.st_nlink == 3) {
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", process, process);
    int count = read_numbers(path, numbers, room);
    return count < 0 ? 0 : count;
  }
  int count = 0;
  DIR *folder = opendir(path);
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    snprintf(path, sizeof path, "/proc/%d/task/%.16s/children", process, entry->d_name);
    int more = entry->d_name[0] == '.' ? 0 : read_numbers(path, numbers + count, room - count);
    if (more > 0) count += more;
  }
  if (folder) closedir(folder);
  return count;
}

typedef struct {
  int failure;
  pid_t process;
} start_report;

// Runs in the reaper, with all signals blocked. Other threads of its parent are not in it, and may have held any lock when
// it was made: nothing may be called that takes one.
static _Noreturn void reap(const char *program, char *const arguments[], char *const environment[],
                           const processes_setup *setup, pid_t parent, int report) {
  sigset_t all;
  sigfillset(&all);
  // Whoever ends wakes it; who is stopped and continued does not, as that comes with every invocation.
  struct sigaction ends = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
  sigaction(SIGCHLD, &ends, NULL);
  prctl(PR_SET_NAME, "reaper");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  setpgid(0, 0);
  start_report start = {0};
  start.failure = processes_spawn(program, arguments, environment, setup, &start.process);
  // Nothing of the parent's may stay open for it.
  dup2(report, 0);
  if (syscall(SYS_close_range, 1, ~0U, 0) != 0)
    for (int number = 1; number < sysconf(_SC_OPEN_MAX); number++) close(number);
  if (write(0, &start, sizeof start) != sizeof start || start.failure != 0) _exit(0);
  int end = 0, is_over = 0;
  while (1) {
    pid_t ended;
    for (int status; (ended = waitpid(-1, &status, WNOHANG | __WALL)) > 0;)
      if (ended == start.process) {
        end = status;
        is_over = 1;
      }
    if (is_over && ended < 0) break;
    // The parent's end gives it another one. The signal tells that of a thread, too, and may come from anybody.
    if (is_over || getppid() != parent) {
      pid_t children[1024];
      int count = read_numbers("/proc/thread-self/children", children, 1024);
      // Nobody can be found: those who are left are not waited for.
      if (count < 0) break;
      while (count > 0) kill(children[--count], SIGKILL);
    }
    int signal;
    sigwait(&all, &signal);
  }
  (void)!write(0, &end, sizeof end);
  _exit(0);
}

// Returns true if all of it came before the end.
static int read_all(int file, void *room, size_t size) {
  ssize_t count;
  while ((count = read(file, room, size)) < 0 && errno == EINTR) continue;
  return count == (ssize_t)size;
}

static void collect(pid_t process) {
  while (waitpid(process, NULL, 0) < 0 && errno == EINTR) continue;
}

int processes_spawn_tree(const char *program, char *const arguments[], char *const environment[],
                         const processes_setup *setup, processes_tree *tree) {
  int ends[2];
  if (processes_pipe(ends) != 0) return errno;
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  pid_t parent = getpid();
  tree->reaper = fork();
  int failure = errno;
  if (tree->reaper == 0) reap(program, arguments, environment, setup, parent, ends[1]);
  sigprocmask(SIG_SETMASK, &before, NULL);
  close(ends[1]);
  tree->end = ends[0];
  if (tree->reaper > 0) {
    start_report start = {0};
    // The program is there before the report, and may stop the reaper.
    struct pollfd report = {.fd = ends[0], .events = POLLIN};
    while (poll(&report, 1, 100) == 0) kill(tree->reaper, SIGCONT);
    failure = read_all(ends[0], &start, sizeof start) ? start.failure : ECHILD;
    tree->process = start.process;
    if (failure == 0) return 0;
    collect(tree->reaper);
  }
  close(ends[0]);
  return failure;
}

int processes_collect_tree(const processes_tree *tree) {
  int status;
  if (!read_all(tree->end, &status, sizeof status)) status = -1;
  collect(tree->reaper);
  return status;
}

int processes_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int processes_waiting(int file) {
  int count = 0;
  return ioctl(file, FIONREAD, &count) == 0 ? count : 0;
}

int processes_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }
