import CLinux

/// A stream that a process is given at its start.
public enum StandardStream: Int32, Sendable {
    /// Standard output.
    case output = 1
    /// Standard error; Lambda collects what both carry.
    case error = 2

    /// Writes the bytes, with one write(2) where the kernel takes them at once; what cannot be written is lost. Up to
    /// the 4 KiB that a pipe takes at once (pipe(7)), the writes of several threads and processes do not mix.
    public func write(_ bytes: ByteView) {
        var rest = bytes
        while !rest.isEmpty {
            let count = CLinux.write(rawValue, rest.start, rest.count)
            // When this fails, nobody is left to report it to.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
