// The extension as one would write it on FlyingFox, with URLSession towards Lambda's API, and no policy.
import FlyingFox
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

func port(_ variable: String) -> UInt16 {
    guard let value = ProcessInfo.processInfo.environment[variable], let colon = value.lastIndex(of: ":"),
        let port = UInt16(value[value.index(after: colon)...])
    else { fatalError("\(variable) must be 127.0.0.1:PORT") }
    return port
}

/// The client of the Extensions API.
final class API: Sendable {
    private let root: URL
    private let session: URLSession

    init(port: UInt16) {
        root = URL(string: "http://127.0.0.1:\(port)/2020-01-01/extension/")!
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 3_600
        session = URLSession(configuration: configuration)
    }

    func register() async throws -> String {
        var request = URLRequest(url: root.appendingPathComponent("register"))
        request.httpMethod = "POST"
        request.setValue("flyingfox-extension", forHTTPHeaderField: "Lambda-Extension-Name")
        request.httpBody = Data(#"{"events":["INVOKE","SHUTDOWN"]}"#.utf8)
        let (_, response) = try await session.data(for: request)
        let identifier = (response as? HTTPURLResponse)?.value(forHTTPHeaderField: "Lambda-Extension-Identifier")
        guard let identifier else { fatalError("no identifier") }
        return identifier
    }

    func next(_ identifier: String) async throws {
        var request = URLRequest(url: root.appendingPathComponent("event/next"))
        request.setValue(identifier, forHTTPHeaderField: "Lambda-Extension-Identifier")
        _ = try await session.data(for: request)
    }
}

func serve() async throws {
    let api = API(port: port("AWS_LAMBDA_RUNTIME_API"))
    let (dones, done) = AsyncStream.makeStream(of: Void.self)
    let server = try HTTPServer(address: .inet(ip4: "127.0.0.1", port: port("POSTINVOKE_ADDRESS")))
    await server.appendRoute("GET /check") { _ in
        HTTPResponse(statusCode: .ok, headers: HTTPHeaders([HTTPHeader("Postinvoke-Mode"): "hold"]))
    }
    await server.appendRoute("POST /done") { _ in
        done.yield()
        return HTTPResponse(statusCode: .ok)
    }
    let serving = Task { try await server.run() }
    try await server.waitUntilListening()
    let identifier = try await api.register()
    var released = dones.makeAsyncIterator()
    while true {
        try await api.next(identifier)
        _ = await released.next()
    }
}

try await serve()
