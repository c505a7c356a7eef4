// The parts of the benchmark that nothing may slow: traced processes, the mocks of the Extensions API and of the Runtime
// API, the raw client, and the clock around them. Functions return -1 with errno set when a call fails; times are
// nanoseconds of CLOCK_MONOTONIC.
#ifndef CBENCH_H
#define CBENCH_H

#include <stdint.h>
#include <sys/types.h>

// Now.
int64_t bench_now(void);
// True if the calling thread may run on a CPU.
int bench_may_use(int cpu);
// Lets sleeps of this thread end as soon as they can.
void bench_sharpen_timers(void);

// Goes before other programs, as do the programs that are started from then on, where that is allowed; returns whether it is.
int bench_go_first(void);

// A listener on a free port of loopback, which is stored.
int bench_listen(uint16_t *port);
// A port of loopback that is free now.
int bench_free_port(void);

// The CPU time that a process has used; -1 if there is no such process.
int64_t bench_cpu_time(pid_t pid);
// The CPU time of this process and of those it has ended.
int64_t bench_cpu_time_of_family(void);

// The record of a traced process, in memory shared with its tracer.
typedef struct bench_trace bench_trace;
// Starts a program, its streams at /dev/null, under a tracer that counts its system calls by number. Returns the tracer's pid.
pid_t bench_spawn_traced(const char *path, char *const argv[], char *const envp[], int cpu, bench_trace **trace);
// The traced process, once it has been started; 0 before.
pid_t bench_traced_pid(const bench_trace *trace);
// The system calls that it has made so far.
int64_t bench_calls(const bench_trace *trace);
void bench_end_trace(pid_t tracer, bench_trace *trace);

// One extension at work: its connection to the mock of the API, and the client's connection to it.
typedef struct {
  int api;
  int client;
  // A copy of the extension's own descriptor of the API connection: it shows when an INVOKE has been read. -1: none.
  int twin;
  // The eventfd of the page. -1: none.
  int bell;
  uint64_t cycle;
  // The page of shared memory by which it says done; null: by requests. And the number of the done that was said last.
  uint64_t *page;
  uint64_t done;
} bench_extension;

// What a client asks for when it connects.
typedef enum { BENCH_NO_SESSION, BENCH_SESSION, BENCH_PAGE } bench_check_in;

// Takes an extension's connection on `listener`, answers its registration and reads its first Next. Stores when that came.
int bench_accept(int listener, bench_extension *extension, int64_t *first_next);
// Connects a client to 127.0.0.1:port, or to an abstract Unix socket when `name` is not null, trying again for some
// seconds; and checks in with this process's id, as a session that may have a page.
int bench_connect(bench_extension *extension, uint16_t port, const char *name, bench_check_in check_in);
// Finds the twin descriptor in a process.
void bench_find_twin(bench_extension *extension, pid_t pid);
void bench_close(bench_extension *extension);

// The id of the invocation that runs, 36 characters and a zero.
void bench_request_id(const bench_extension *extension, char id[37]);
// Begins a cycle: sends INVOKE and waits until the extension has read it and sleeps again.
int bench_invoke(bench_extension *extension);
// Reads the Next that ends a cycle.
int bench_expect_next(bench_extension *extension);
// Sends /done and reads the answer; stores how long that took.
int bench_done(bench_extension *extension, int64_t *round_trip);
// Answers the Next that waits with SHUTDOWN; the process ends by itself.
int bench_shut_down(bench_extension *extension, pid_t pid);
// Runs whole cycles. Those with an even number measure the round trip of /done as a blocked client sees it, the others the
// time from sending /done to the arrival of Next as a blocked API sees it; `samples` gets one time a cycle. By a page there is no
// answer, and all measure the latter.
int bench_cycles(bench_extension *extension, int count, int64_t *samples);
// Round trips of /done alone, with a server that has no API.
int bench_round_trips(bench_extension *extension, int count, int64_t *samples);

// One function at work: its connections to the mock of the Runtime API.
typedef struct bench_function bench_function;

// Takes a function's connection on `listener`, and its first request for an event; stores when that came. Null, with errno,
// when it asks for something else, or does not come.
bench_function *bench_accept_function(int listener, int64_t *first_next);
void bench_close_function(bench_function *function);
// After some events: the number of connections that the function has made so far. One that has made one is from now on believed to
// keep to it, so that its requests are read without asking on which connection they come.
int bench_settle_function(bench_function *function);
// Has it handle events. `responses` gets for each the time from sending it to the arrival of its whole response; `rests` the
// time from sending that it is accepted until the function asks for the next event and, where there is an extension that holds
// its invocations, that does, too.
int bench_events(
    bench_function *function, bench_extension *holder, int count, int64_t *responses, int64_t *rests);

#endif
