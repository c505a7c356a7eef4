import CLinux

/// The operations that a descriptor is ready for.
public struct Event: Equatable, Sendable {
    let epoll: UInt32

    /// A read will not block: there are bytes, a connection, the end of the stream or an error.
    public var isReadable: Bool { epoll & (clinux_epoll_in | clinux_epoll_hup | clinux_epoll_err) != 0 }
    /// A write will not block: there is room, or the error is found.
    public var isWritable: Bool { epoll & (clinux_epoll_out | clinux_epoll_hup | clinux_epoll_err) != 0 }
    /// Both directions have ended.
    public var isHangup: Bool { epoll & clinux_epoll_hup != 0 }
    /// An error waits on the descriptor.
    public var isError: Bool { epoll & clinux_epoll_err != 0 }

    /// True if the stream has ended, perhaps behind bytes that can be read.
    var endsStream: Bool { epoll & (clinux_epoll_rdhup | clinux_epoll_hup | clinux_epoll_err) != 0 }

    /// The part of the event that matches `interest`; nil for nothing.
    func limited(to interest: Interest) -> Event? {
        let told = epoll & (interest.epoll | clinux_epoll_hup | clinux_epoll_err)
        return told == 0 ? nil : Event(epoll: told)
    }
}
