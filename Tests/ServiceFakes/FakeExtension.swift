/// A ``FakeService`` that answers as the extension does.
public enum FakeExtension {
    /// Starts listening.
    ///
    /// - Parameter mode: the mode it tells those who check in.
    public static func start(mode: String = "hold") async throws -> FakeService {
        let fields: [(StaticString, String)] = [("Postinvoke-Mode", mode)]
        return try await FakeService.start { request in
            switch (request.method, request.path) {
            case ("GET", "/check"): .answer(200, "", fields)
            case ("POST", "/done"): .answer(200)
            default: .answer(404)
            }
        }
    }
}
