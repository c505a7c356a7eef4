import CLinux

/// Makes a system call that answers -1 on failure, again for as long as a signal interrupts it, and gives a failure as a
/// value: for calls that fail in the ordinary course of things, as with `EAGAIN`.
///
/// Such a failure is not thrown and caught, since even a typed throw notifies the runtime, and whoever listens there
/// (Swift Testing does) allocates.
///
/// This and ``interruptible(_:)`` are the only places of this module that know `EINTR`. `close(2)` must not pass through here: on
/// Linux the descriptor is gone even when it was interrupted.
@inline(__always)
func attempt<Value: FixedWidthInteger>(_ call: () -> Value) -> Result<Value, Errno> {
    while true {
        let value = call()
        if value != -1 { return .success(value) }
        let error = Errno.current
        if error != .interrupted { return .failure(error) }
    }
}

/// Makes a system call as ``attempt(_:)`` does and throws its failure.
@inline(__always)
package func uninterrupted<Value: FixedWidthInteger>(_ call: () -> Value) throws(Errno) -> Value {
    switch attempt(call) {
    case .success(let value): return value
    case .failure(let error): throw error
    }
}

/// Makes a system call that waits; nil when a signal ended the wait, so that the caller computes its timeout anew.
///
/// A stop and continue of the process, as the sandbox freezes and thaws, is such a signal.
@inline(__always)
func interruptible<Value: FixedWidthInteger>(_ call: () -> Value) throws(Errno) -> Value? {
    let value = call()
    if value != -1 { return value }
    let error = Errno.current
    if error == .interrupted { return nil }
    throw error
}
