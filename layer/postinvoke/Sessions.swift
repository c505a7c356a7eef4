import ReactorHTTP

/// The connections that SDKs have made their sessions, all of one process: the function.
struct Sessions {
    private let connections = List<ConnectionID>()
    private var pid: UInt64 = 0

    /// What became of a wish for a session.
    enum Opening {
        case opened, wasOpen
        /// Another process has it.
        case taken
    }

    func contains(_ connection: ConnectionID) -> Bool { place(of: connection) != nil }

    mutating func open(_ connection: ConnectionID, pid: UInt64) -> Opening {
        guard connections.count == 0 || self.pid == pid else { return .taken }
        guard !contains(connection) else { return .wasOpen }
        self.pid = pid
        connections.append(connection)
        return .opened
    }

    /// Forgets a connection; false if it was no session.
    mutating func close(_ connection: ConnectionID) -> Bool {
        guard let place = place(of: connection) else { return false }
        // Their order means nothing.
        connections[place] = connections[connections.count - 1]
        _ = connections.removeLast()
        return true
    }

    private func place(of connection: ConnectionID) -> Int? {
        var place = 0
        while place < connections.count {
            if connections[place] == connection { return place }
            place += 1
        }
        return nil
    }
}
