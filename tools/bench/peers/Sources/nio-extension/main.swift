// The extension as one would write it on SwiftNIO: one event loop, NIO's HTTP/1 server and client, no policy.
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

func port(_ variable: String) -> Int {
    guard let value = getenv(variable).map({ String(cString: $0) }), let colon = value.lastIndex(of: ":"),
        let port = Int(value[value.index(after: colon)...])
    else { fatalError("\(variable) must be 127.0.0.1:PORT") }
    return port
}

/// The client of the Extensions API: registers, then asks for one event after another on command.
final class API: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let host: String
    private var identifier = ""
    private var context: ChannelHandlerContext?

    init(host: String) { self.host = host }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let body = context.channel.allocator.buffer(string: #"{"events":["INVOKE","SHUTDOWN"]}"#)
        let headers: HTTPHeaders = [
            "Host": host, "Lambda-Extension-Name": "nio-extension", "Content-Length": "\(body.readableBytes)",
        ]
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: "/2020-01-01/extension/register", headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard identifier.isEmpty, let value = head.headers.first(name: "Lambda-Extension-Identifier") else {
                return
            }
            identifier = value
        case .body: break
        // An event holds until /done comes; the registration is answered by asking for the first event.
        case .end: if !hasAsked { next() }
        }
    }

    private var hasAsked = false

    func next() {
        hasAsked = true
        guard let context else { return }
        let headers: HTTPHeaders = ["Host": host, "Lambda-Extension-Identifier": identifier]
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/2020-01-01/extension/event/next", headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { exit(1) }
}

/// The local protocol, as far as the benchmark speaks it.
final class Local: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let api: API
    private var uri = ""

    init(api: API) { self.api = api }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): uri = head.uri
        case .body: break
        case .end:
            var headers: HTTPHeaders = ["Content-Length": "0"]
            if uri == "/check" { headers.add(name: "Postinvoke-Mode", value: "hold") }
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            if uri == "/done" { api.next() }
        }
    }
}

let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let noDelay = ChannelOptions.socket(.init(IPPROTO_TCP), TCP_NODELAY)
let apiPort = port("AWS_LAMBDA_RUNTIME_API")
let localPort = port("POSTINVOKE_ADDRESS")

// Everything lives on the one loop, where the handlers are made too.
let running = group.next().flatSubmit { () -> EventLoopFuture<Void> in
    let loop = group.next()
    let api = NIOLoopBound(API(host: "127.0.0.1:\(apiPort)"), eventLoop: loop)
    let server = ServerBootstrap(group: group)
        .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(noDelay, value: 1)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                try channel.pipeline.syncOperations.addHandler(Local(api: api.value))
            }
        }
        .bind(host: "127.0.0.1", port: localPort)
    return server.flatMap { _ in
        ClientBootstrap(group: group)
            .channelOption(noDelay, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(api.value)
                }
            }
            .connect(host: "127.0.0.1", port: apiPort)
            .flatMap { $0.closeFuture }
    }
}
try await running.get()
