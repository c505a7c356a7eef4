import CLinux

/// A process of this machine by a descriptor of its own (pidfd_open(2)): it goes on meaning the process that it was made for,
/// whichever other one has its number later.
package struct ProcessHandle: ~Copyable {
    /// Readable from the moment the process has ended, waited for by its parent or not.
    package let descriptor: FileDescriptor

    /// A handle of a process that need not be a child.
    ///
    /// - Throws: the ``Errno`` of pidfd_open(2): `ESRCH` where no process has the number, `ENOSYS` of a kernel before 5.3, `EPERM`
    ///   where it is not allowed, ``Errno/tooManyFiles`` and its kin.
    package init(of number: Int32) throws(Errno) {
        descriptor = FileDescriptor(rawValue: try uninterrupted { () in clinux_pidfd_open(number) })
    }

    /// True if the process has ended, asked of the kernel now.
    package var hasEnded: Bool {
        let number = descriptor.rawValue
        guard case .success(let count) = attempt({ clinux_poll_read(number) }) else { return false }
        return count > 0
    }
}
