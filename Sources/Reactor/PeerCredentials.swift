import CLinux

/// The process at the other end of a Unix socket, as the kernel saw it when the connection was made (unix(7),
/// `SO_PEERCRED`).
public struct PeerCredentials: Equatable, Sendable {
    /// The process id, in our own namespace; 0 for a process outside of it.
    public let processID: Int32
    /// The effective user id.
    public let userID: UInt32
    /// The effective group id.
    public let groupID: UInt32

    /// True if the peer runs as the same user as this process.
    public var isSameUser: Bool { userID == geteuid() }
}

extension Socket {
    /// The credentials of the process that connected, for an accepted Unix socket; of the one that listens, for a
    /// socket that connected.
    ///
    /// - Returns: nil for a socket that is not a Unix one, where there is nothing to know.
    /// - Throws: the ``Errno`` of getsockopt(2).
    public func peerCredentials() throws(Errno) -> PeerCredentials? {
        guard try isUnix() else { return nil }
        var credentials = clinux_credentials()
        let number = descriptor.rawValue
        _ = try uninterrupted { () in clinux_peer_credentials(number, &credentials) }
        return PeerCredentials(
            processID: credentials.process, userID: credentials.user, groupID: credentials.group)
    }
}
