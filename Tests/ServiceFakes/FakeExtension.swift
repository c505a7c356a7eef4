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
}
