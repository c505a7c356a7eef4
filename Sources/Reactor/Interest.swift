import CLinux

/// The readiness that a registration waits for. Hang-ups and errors are always reported.
public struct Interest: OptionSet, Sendable {
    /// One bit for each interest.
    public let rawValue: UInt8
    /// The interests whose bits are set.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Bytes to read, a connection to accept, or the peer's end of writing.
    public static var read: Interest { Interest(rawValue: 1) }
    /// Room to write, or the outcome of a connect.
    public static var write: Interest { Interest(rawValue: 2) }

    /// Bytes to read, or the peer's end of writing, reported when they come: edge-triggered, which spares the kernel a
    /// look at the descriptor before every wait. See ``ReadOutcome``.
    package static var arrivals: Interest { Interest(rawValue: 5) }

    /// The end of both directions, or an error, reported when it comes: in a level-triggered registration each wait
    /// reports it anew. Of a stream socket the peer's end of writing, too, which is an event that asks for nothing.
    package static var hangUp: Interest { Interest(rawValue: 4) }

    // A list of interests, as in `[.read, .write]`, is an array where nothing is inlined.

    /// Both of them.
    package static var readAndWrite: Interest { Interest(rawValue: 3) }
    /// None of them.
    package static var none: Interest { Interest(rawValue: 0) }

    var epoll: UInt32 {
        // EPOLLRDHUP comes with EPOLLET only: EPOLLIN reports the end of a stream too, and it would wake a paused
        // reader for ever.
        let bits = UInt32(rawValue)
        return (bits & 1) &* clinux_epoll_in | (bits >> 1 & 1) &* clinux_epoll_out
            | (bits >> 2 & 1) &* (clinux_epoll_et | clinux_epoll_rdhup)
    }
}
