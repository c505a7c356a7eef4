// Things that Swift cannot do: the steps between vfork and exec, and a call that libc wraps only since glibc 2.36.
#ifndef CSANDBOX_H
#define CSANDBOX_H

#include <sys/types.h>

// A pipe whose ends no started program inherits, the reading end nonblocking. Returns 0, or -1 with errno.
int csandbox_pipe(int ends[2]);

// Starts a program as the leader of a process group of its own. Standard input is /dev/null, standard output and
// standard error are both `output`, the working directory is `directory`; signals are as if nobody had touched them,
// and the kernel kills the process when its parent dies. Returns 0 and the process id, or the errno of what failed.
int csandbox_spawn(const char *path, char *const arguments[], char *const environment[], const char *directory,
                   int output, pid_t *process);

// A descriptor that becomes readable when the process ends, or -1 with errno.
int csandbox_pidfd_open(pid_t process);

#endif
