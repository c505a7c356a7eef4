// The layer's executable has no libc behind it (Freestanding.c): its start, and system calls that do nothing but call. A call's
// arguments are where the kernel wants them already; only x86_64 has the fourth elsewhere.
#if CLINUX_FREESTANDING
#include <sys/syscall.h>

#if defined(__x86_64__)
.macro system_call name number
.globl \name
.type \name, @function
\name:
        movl    $\number, %eax
        jmp     kernel
.endm
#else
.macro system_call name number
.globl \name
.type \name, @function
\name:
        mov     x8, #\number
        b       kernel
.endm
#endif

        .text
        .globl  _start
        .type   _start, @function
#if defined(__x86_64__)
_start:
        xorl    %ebp, %ebp
        movq    %rsp, %rdi
        andq    $-16, %rsp
        call    clinux_start

kernel:
        movq    %rcx, %r10
        syscall
        cmpq    $-4095, %rax
        jae     1f
        ret
1:      movq    %rax, %rdi
        jmp     clinux_fail
#else
_start:
        mov     x29, #0
        mov     x30, #0
        mov     x0, sp
        b       clinux_start

kernel:
        svc     #0
        cmn     x0, #4095
        b.cs    clinux_fail
        ret
#endif

system_call accept4, SYS_accept4
system_call bind, SYS_bind
system_call close, SYS_close
system_call connect, SYS_connect
system_call epoll_create1, SYS_epoll_create1
system_call epoll_ctl, SYS_epoll_ctl
system_call epoll_pwait, SYS_epoll_pwait
system_call geteuid, SYS_geteuid
system_call getpeername, SYS_getpeername
system_call getpid, SYS_getpid
system_call getsockopt, SYS_getsockopt
system_call listen, SYS_listen
system_call mmap, SYS_mmap
system_call munmap, SYS_munmap
system_call read, SYS_read
system_call setsockopt, SYS_setsockopt
system_call shutdown, SYS_shutdown
system_call socket, SYS_socket
system_call timerfd_create, SYS_timerfd_create
system_call timerfd_settime, SYS_timerfd_settime
system_call write, SYS_write
system_call clinux_clock_gettime, SYS_clock_gettime
system_call clinux_exit, SYS_exit_group
system_call clinux_openat, SYS_openat
system_call clinux_recvfrom, SYS_recvfrom
system_call clinux_sendto, SYS_sendto
system_call clinux_sigprocmask, SYS_rt_sigprocmask
system_call clinux_signalfd, SYS_signalfd4
#if defined(__x86_64__)
system_call clinux_set_thread, SYS_arch_prctl
#endif

        .section .note.GNU-stack, "", @progbits
#endif
