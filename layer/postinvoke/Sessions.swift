import ReactorHTTP

/// The connections that SDKs have made their sessions, all of one process: the function.
struct Sessions {
    private var connections: [ConnectionID] = []
    private var pid: UInt64 = 0

    /// What became of a wish for a session.
    enum Opening {
        case opened, wasOpen
        /// Another process has it.
        case taken
    }

    func contains(_ connection: ConnectionID) -> Bool { connections.contains(connection) }

    mutating func open(_ connection: ConnectionID, pid: UInt64) -> Opening {
        guard connections.isEmpty || self.pid == pid else { return .taken }
        guard !connections.contains(connection) else { return .wasOpen }
        self.pid = pid
        connections.append(connection)
        return .opened
    }

    /// Forgets a connection; false if it was no session.
    mutating func close(_ connection: ConnectionID) -> Bool {
        guard let index = connections.firstIndex(of: connection) else { return false }
        connections.remove(at: index)
        return true
    }
}
