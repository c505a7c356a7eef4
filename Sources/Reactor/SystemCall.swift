import CLinux

/// Makes a system call that answers -1 on failure, again for as long as a signal interrupts it.
///
/// This and ``interruptible(_:)`` are the only places that know `EINTR`. `close(2)` must not pass through here: on
/// Linux the descriptor is gone even when it was interrupted.
@inline(__always)
func uninterrupted<Value: FixedWidthInteger>(_ call: () -> Value) throws(Errno) -> Value {
    while true {
        let value = call()
        if value != -1 { return value }
        let error = Errno.current
        if error != .interrupted { throw error }
    }
}

/// Makes a system call that waits; nil when a signal ended the wait, so that the caller computes its timeout anew.
///
/// A stop and continue of the process is such a signal: Lambda's freezes are seen here.
@inline(__always)
func interruptible<Value: FixedWidthInteger>(_ call: () -> Value) throws(Errno) -> Value? {
    let value = call()
    if value != -1 { return value }
    let error = Errno.current
    if error == .interrupted { return nil }
    throw error
}
