import ReactorHTTP

/// Posts each batch as a JSON array; whatever status but a good one refuses it.
final class RequestCarrier: TelemetryCarrier {
    private let loop: EventLoop
    private let port: UInt16
    private let path: String
    private var client: HTTPClient?

    init(loop: EventLoop, port: UInt16, path: String) {
        self.loop = loop
        self.port = port
        self.path = path
    }

    func send(_ batch: [[UInt8]], completion: @escaping (Bool) -> Void) {
        let client =
            self.client
            ?? "sandbox.localdomain:\(port)".withByteView {
                HTTPClient(loop: loop, address: .loopback(port: port), host: $0)
            }
        self.client = client
        var body = Buffer(capacity: batch.reduce(2) { $0 + $1.count + 1 })
        body.append(UInt8(ascii: "["))
        for (index, event) in batch.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            event.withByteView { body.append($0) }
        }
        body.append(UInt8(ascii: "]"))
        path.withByteView { path in
            client.send(
                "POST", path, body: body.readable, fields: { $0.appendField("Content-Type", "application/json") },
                completion: { [weak self, weak client] result in
                    guard let self, self.client === client else { return }
                    if case .success(let response) = result {
                        completion((200..<300).contains(response.status))
                    } else {
                        completion(false)
                    }
                })
        }
    }

    func close() {
        let client = self.client
        // Its completions are nobody's any more.
        self.client = nil
        client?.close()
    }
}
