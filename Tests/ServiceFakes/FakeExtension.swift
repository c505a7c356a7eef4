import ReactorHTTP

/// A ``FakeService`` that answers as the extension does.
public enum FakeExtension {
    /// Starts listening.
    ///
    /// - Parameters:
    ///   - mode: the mode it reports to those who check in.
    ///   - address: where to listen; nil for a loopback address of its own.
    public static func start(mode: String = "hold", on address: SocketAddress? = nil) async throws -> FakeService {
        let fields: [(StaticString, String)] = [("Postinvoke-Mode", mode)]
        return try await FakeService.start(on: address) { request in
            switch (request.method, request.path) {
            case ("GET", "/check"): .answer(200, "", fields)
            case ("POST", "/done"): .answer(200)
            default: .answer(404)
            }
        }
    }

    /// Starts one that ends all connections at the first done, instead of answering.
    public static func startHangingUpOnce() async throws -> FakeService {
        let lost = Log<Void>()
        return try await FakeService.start { request in
            guard request.path == "/done", lost.all.isEmpty else {
                return .answer(200, "", [("Postinvoke-Mode", "hold")])
            }
            lost.append(())
            return .hangUp
        }
    }
}
