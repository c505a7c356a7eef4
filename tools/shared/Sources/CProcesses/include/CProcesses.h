// Starting processes, which Swift cannot: the steps behind vfork and fork, the reaper; and what is needed about processes that libc
// lacks or hides behind macros.
#ifndef CPROCESSES_H
#define CPROCESSES_H

#include <sys/types.h>

// A program's start. Signals are as if nobody had touched them.
typedef struct {
  // Null for this process's.
  const char *directory;
  // Its standard streams; -1 stands for /dev/null, and for standard error for what is standard output.
  int input, output, error;
  // The CPU it may use: one, -1 for every one, -2 for those of this process.
  int cpu;
  // True if it leads a process group of its own.
  int leads_group;
  // True if the kernel kills it when the thread that starts it ends.
  int dies_with_parent;
} processes_setup;

// Starts a program, given by its path. Returns 0 and the process id, or the errno of what failed.
int processes_spawn(const char *program, char *const arguments[], char *const environment[], const processes_setup *setup,
                    pid_t *process);

// A program below a reaper, which adopts every process that the program or its descendants leave behind. Once the program has
// ended, or the process that started both, the reaper kills whoever is left, waits for them, reports and ends.
typedef struct {
  pid_t process, reaper;
  // Becomes readable when all of them have ended.
  int end;
} processes_tree;

// Starts a program below a reaper. Returns 0, or the errno of what failed.
int processes_spawn_tree(const char *program, char *const arguments[], char *const environment[],
                         const processes_setup *setup, processes_tree *tree);

// Waits for the end of all of them. Returns the program's status as waitpid(2) does, or -1 when the reaper itself was killed.
int processes_collect_tree(const processes_tree *tree);

// Finds the children of all threads of a process, as many as there is room for. Returns how many.
int processes_children(pid_t process, pid_t *numbers, int room);

// Puts the calling thread, and the processes it will start, on one CPU; on every one of them for a negative number.
int processes_pin(int cpu);

// The number of CPUs that the calling thread may use, at least 1.
int processes_cpus(void);

// A pipe whose ends no started program inherits. Returns 0, or -1 with errno.
int processes_pipe(int ends[2]);

// The number of bytes that wait in a pipe, 0 where nobody can know.
int processes_waiting(int file);

// A descriptor that becomes readable when the process ends, or -1 with errno.
int processes_pidfd_open(pid_t process);

#endif
