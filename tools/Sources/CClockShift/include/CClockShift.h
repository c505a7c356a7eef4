// To be loaded before libc (LD_PRELOAD): moves the clocks of a process, as a long freeze does.
//
// The file named by CLOCK_SHIFT holds two 64-bit counts of nanoseconds in this machine's byte order, which are added to
// whatever the process reads: to the wall clock, and to the monotonic clocks. Whoever changes the file moves the clocks of
// every process that has it, at once. Timers go by time that passes: they are not moved. A static executable is not reached.
#ifndef CCLOCKSHIFT_H
#define CCLOCKSHIFT_H
#endif
