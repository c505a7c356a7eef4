#if FREESTANDING
import CLinux

// The system call wrappers that a static executable of one thread needs. Arguments go to the kernel unchanged;
// musl's own bring the cancellation of threads with them.

nonisolated(unsafe) private var error: Int32 = 0

/// The address of errno.
@c(__errno_location) func kernelErrnoPlace() -> UnsafeMutablePointer<Int32> { place(&error) }
/// The same, by the name that those parts of musl use which the linker looks at, and drops.
@c(___errno_location) func kernelInnerErrnoPlace() -> UnsafeMutablePointer<Int32> { place(&error) }

private func place(_ pointer: UnsafeMutablePointer<Int32>) -> UnsafeMutablePointer<Int32> { pointer }

/// The kernel's result, as libc gives it: -1, with errno set, for errors, which are -4095 to -1 (syscall(2)).
private func checked(_ result: Int) -> Int {
    guard result < 0, result >= -4095 else { return result }
    error = Int32(truncatingIfNeeded: -result)
    return -1
}

/// A system call of up to three arguments.
@inline(never)
func systemCall(_ a: Int, _ b: Int, _ c: Int, _ number: Int32) -> Int {
    checked(clinux_system_call(Int(number), a, b, c, 0, 0, 0))
}

/// One of up to six.
@inline(never)
func systemCall(_ a: Int, _ b: Int, _ c: Int, _ d: Int, _ e: Int, _ f: Int, _ number: Int32) -> Int {
    checked(clinux_system_call(Int(number), a, b, c, d, e, f))
}

extension Int {
    fileprivate init(_ pointer: UnsafeRawPointer?) { self.init(bitPattern: pointer) }
}

@c(accept4) func kernelAccept(
    _ socket: Int32, _ address: UnsafeMutableRawPointer?, _ length: UnsafeMutableRawPointer?, _ flags: Int32
) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(socket), Int(address), Int(length), Int(flags), 0, 0, SYS_accept4))
}

@c(bind) func kernelBind(_ socket: Int32, _ address: UnsafeRawPointer?, _ length: UInt32) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(socket), Int(address), Int(length), SYS_bind))
}

@c(close) func kernelClose(_ descriptor: Int32) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(descriptor), 0, 0, SYS_close))
}

@c(connect) func kernelConnect(_ socket: Int32, _ address: UnsafeRawPointer?, _ length: UInt32) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(socket), Int(address), Int(length), SYS_connect))
}

@c(epoll_create1) func kernelEpollCreate(_ flags: Int32) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(flags), 0, 0, SYS_epoll_create1))
}

@c(epoll_ctl) func kernelEpollCtl(_ poller: Int32, _ operation: Int32, _ descriptor: Int32, _ event: UnsafeRawPointer?)
    -> Int32
{
    Int32(truncatingIfNeeded: systemCall(Int(poller), Int(operation), Int(descriptor), Int(event), 0, 0, SYS_epoll_ctl))
}

@c(epoll_wait) func kernelEpollWait(
    _ poller: Int32, _ events: UnsafeMutableRawPointer?, _ capacity: Int32, _ timeout: Int32
) -> Int32 {
    #if arch(x86_64)
    let number = SYS_epoll_wait
    #else
    // Newer architectures have no other; without a set of signals it is the same, with more to look at.
    let number = SYS_epoll_pwait
    #endif
    return Int32(truncatingIfNeeded: systemCall(Int(poller), Int(events), Int(capacity), Int(timeout), 0, 0, number))
}

@c(eventfd) func kernelEventfd(_ count: UInt32, _ flags: Int32) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(count), Int(flags), 0, SYS_eventfd2))
}

@c(fcntl) func kernelFcntl(_ descriptor: Int32, _ command: Int32, _ argument: Int) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(descriptor), Int(command), argument, SYS_fcntl))
}

@c(geteuid) func kernelGeteuid() -> UInt32 {
    UInt32(truncatingIfNeeded: systemCall(0, 0, 0, SYS_geteuid))
}

@c(getpeername) func kernelGetpeername(
    _ socket: Int32, _ address: UnsafeMutableRawPointer?, _ length: UnsafeMutableRawPointer?
) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(socket), Int(address), Int(length), SYS_getpeername))
}

@c(getpid) func kernelGetpid() -> Int32 {
    Int32(truncatingIfNeeded: systemCall(0, 0, 0, SYS_getpid))
}

@c(getsockopt) func kernelGetsockopt(
    _ socket: Int32, _ level: Int32, _ option: Int32, _ value: UnsafeMutableRawPointer?,
    _ length: UnsafeMutableRawPointer?
) -> Int32 {
    Int32(
        truncatingIfNeeded: systemCall(Int(socket), Int(level), Int(option), Int(value), Int(length), 0, SYS_getsockopt)
    )
}

@c(listen) func kernelListen(_ socket: Int32, _ backlog: Int32) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(socket), Int(backlog), 0, SYS_listen))
}

@c(memfd_create) func kernelMemfdCreate(_ name: UnsafePointer<CChar>?, _ flags: UInt32) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(name), Int(flags), 0, SYS_memfd_create))
}

@c(mmap) func kernelMmap(
    _ address: UnsafeMutableRawPointer?, _ length: Int, _ protection: Int32, _ flags: Int32, _ descriptor: Int32,
    _ offset: Int
) -> UnsafeMutableRawPointer? {
    UnsafeMutableRawPointer(
        bitPattern: systemCall(Int(address), length, Int(protection), Int(flags), Int(descriptor), offset, SYS_mmap))
}

@c(munmap) func kernelMunmap(_ address: UnsafeMutableRawPointer?, _ length: Int) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(address), length, 0, SYS_munmap))
}

@c(pidfd_open) func kernelPidfdOpen(_ process: Int32, _ flags: UInt32) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(process), Int(flags), 0, SYS_pidfd_open))
}

@c(poll) func kernelPoll(_ asked: UnsafeMutableRawPointer?, _ count: UInt, _ timeout: Int32) -> Int32 {
    // Newer architectures have ppoll alone: a null pointer for no timeout, and for no set of signals.
    let time = timespec(tv_sec: Int(timeout / 1_000), tv_nsec: Int(timeout % 1_000) * 1_000_000)
    return withUnsafePointer(to: time) { time in
        let limit = timeout < 0 ? 0 : Int(time)
        return Int32(truncatingIfNeeded: systemCall(Int(asked), Int(bitPattern: count), limit, 0, 0, 0, SYS_ppoll))
    }
}

@c(read) func kernelRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    systemCall(Int(descriptor), Int(bytes), count, SYS_read)
}

@c(recv) func kernelRecv(
    _ socket: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int, _ flags: Int32
) -> Int {
    systemCall(Int(socket), Int(bytes), count, Int(flags), 0, 0, SYS_recvfrom)
}

@c(send) func kernelSend(_ socket: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    systemCall(Int(socket), Int(bytes), count, Int(flags), 0, 0, SYS_sendto)
}

@c(sendmsg) func kernelSendmsg(_ socket: Int32, _ message: UnsafeRawPointer?, _ flags: Int32) -> Int {
    systemCall(Int(socket), Int(message), Int(flags), SYS_sendmsg)
}

@c(setsockopt) func kernelSetsockopt(
    _ socket: Int32, _ level: Int32, _ option: Int32, _ value: UnsafeRawPointer?, _ length: UInt32
) -> Int32 {
    Int32(
        truncatingIfNeeded: systemCall(Int(socket), Int(level), Int(option), Int(value), Int(length), 0, SYS_setsockopt)
    )
}

@c(shutdown) func kernelShutdown(_ socket: Int32, _ how: Int32) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(socket), Int(how), 0, SYS_shutdown))
}

@c(socket) func kernelSocket(_ family: Int32, _ type: Int32, _ kind: Int32) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(family), Int(type), Int(kind), SYS_socket))
}

@c(timerfd_create) func kernelTimerCreate(_ clock: Int32, _ flags: Int32) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(clock), Int(flags), 0, SYS_timerfd_create))
}

@c(timerfd_settime) func kernelTimerSet(
    _ descriptor: Int32, _ flags: Int32, _ time: UnsafeRawPointer?, _ old: UnsafeMutableRawPointer?
) -> Int32 {
    Int32(
        truncatingIfNeeded: systemCall(Int(descriptor), Int(flags), Int(time), Int(old), 0, 0, SYS_timerfd_settime))
}

@c(write) func kernelWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    systemCall(Int(descriptor), Int(bytes), count, SYS_write)
}

@c(open) func kernelOpen(_ path: UnsafePointer<CChar>?, _ flags: Int32, _ mode: UInt32) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(AT_FDCWD), Int(path), Int(flags), Int(mode), 0, 0, SYS_openat))
}

@c(signalfd) func kernelSignalfd(_ descriptor: Int32, _ set: UnsafeRawPointer?, _ flags: Int32) -> Int32 {
    Int32(truncatingIfNeeded: systemCall(Int(descriptor), Int(set), signalSetSize, Int(flags), 0, 0, SYS_signalfd4))
}

/// Returns the error, unlike the others.
@c(pthread_sigmask) func kernelSignalMask(_ how: Int32, _ set: UnsafeRawPointer?, _ old: UnsafeMutableRawPointer?)
    -> Int32
{
    systemCall(Int(how), Int(set), Int(old), signalSetSize, 0, 0, SYS_rt_sigprocmask) < 0 ? error : 0
}

/// The kernel knows the signals 1 to 64, one bit each.
private var signalSetSize: Int { 8 }

@c(sigemptyset) func emptySignalSet(_ set: UnsafeMutablePointer<UInt64>) -> Int32 {
    set.pointee = 0
    return 0
}

@c(sigaddset) func addToSignalSet(_ set: UnsafeMutablePointer<UInt64>, _ number: Int32) -> Int32 {
    set.pointee |= 1 << (UInt64(number) &- 1)
    return 0
}
#endif
