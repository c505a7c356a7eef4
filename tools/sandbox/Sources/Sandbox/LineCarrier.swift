/// Writes each event as a line of JSON to a TCP connection, which is kept ("Accessing real-time telemetry data for extensions
/// using the Telemetry API", section on the destination protocol).
///
/// A batch has arrived when the kernel has taken all of it: whether anybody reads it, nobody says. One that broke off in
/// the middle is sent again from its first event.
final class LineCarrier: TelemetryCarrier {
    private final class Connection {
        let socket: Socket
        var registration: Token?
        var isConnected = false
        /// True once the peer has ended its direction: a batch under way is still written, and no other.
        var hasEnded = false

        init(_ socket: consuming Socket) { self.socket = socket }
    }

    private let loop: EventLoop
    private let port: UInt16
    private var connection: Connection?
    private var output = Buffer()
    private var completion: ((Bool) -> Void)?

    init(loop: EventLoop, port: UInt16) {
        self.loop = loop
        self.port = port
    }

    deinit { close() }

    func send(_ batch: [[UInt8]], completion: @escaping (Bool) -> Void) {
        for event in batch {
            event.withByteView { output.append($0) }
            output.append(ASCII.lineFeed)
        }
        self.completion = completion
        if connection == nil { connect() } else { write() }
    }

    func close() {
        completion = nil
        output.removeAll()
        disconnect()
    }

    private func connect() {
        do throws(Errno) {
            let connection = Connection(try Socket.connect(to: .loopback(port: port)))
            connection.registration = try loop.register(connection.socket.descriptor, for: .write) {
                [unowned self] event in ready(event)
            }
            self.connection = connection
        } catch {
            finish(arrived: false)
        }
    }

    private func disconnect() {
        if let registration = connection?.registration { loop.deregister(registration) }
        connection = nil
    }

    private func ready(_ event: Event) {
        guard let connection else { return }
        if !connection.isConnected {
            // A socket that cannot even say so has failed, too.
            guard (try? connection.socket.takeError()) == .some(nil) else { return finish(arrived: false) }
            connection.isConnected = true
        } else if event.isReadable, !connection.hasEnded {
            passOver(from: connection)
        }
        if self.connection === connection { write() }
    }

    /// Reads what the peer says, of which nothing is expected but its end.
    private func passOver(from connection: Connection) {
        var room = Buffer()
        do throws(Errno) {
            while true {
                switch try connection.socket.read(into: room.reserve(4096)) {
                case .bytes: continue
                case .wouldBlock: return
                case .endOfStream:
                    connection.hasEnded = true
                    return
                }
            }
        } catch {
            finish(arrived: false)
        }
    }

    private func write() {
        guard let connection, let registration = connection.registration, connection.isConnected else { return }
        do throws(Errno) {
            while !output.isEmpty, case .bytes(let count) = try connection.socket.write(output.readable) {
                output.consume(count)
            }
            let interest: Interest = output.isEmpty ? .read : connection.hasEnded ? .write : [.read, .write]
            try loop.reregister(registration, for: interest)
        } catch {
            return finish(arrived: false)
        }
        if output.isEmpty { finish(arrived: true) }
    }

    /// The batch under way, if one is, has come to its end, and with a failure the connection.
    private func finish(arrived: Bool) {
        output.removeAll()
        if !arrived || connection?.hasEnded == true { disconnect() }
        guard let completion else { return }
        self.completion = nil
        loop.enqueue { completion(arrived) }
    }
}
