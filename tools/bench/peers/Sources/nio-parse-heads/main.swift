import Heads
import NIOCore
import NIOEmbedded
import NIOHTTP1

/// SwiftNIO's decoder in a pipeline of its own, behind which the heads are counted.
///
/// It takes whole messages, so a head's Content-Length is made to say zero. Responses it takes only in answer to
/// requests, which would be measured too: there the peer says nothing.
struct NIOParser: ~Copyable, HeadParser {
    private let channel = EmbeddedChannel()
    private let counter = Counter()
    private let bytes: ByteBuffer

    private final class Counter: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        var heads = 0

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if case .head = unwrapInboundIn(data) { heads += 1 }
        }
    }

    init(_ head: Head) {
        let lines = head.bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            guard line.starts(with: "Content-Length".utf8) else { return Array(line) }
            return line.map { $0 >= 0x30 && $0 <= 0x39 ? 0x30 : $0 }
        }
        bytes = ByteBuffer(bytes: lines.joined(separator: [0x0A]))
        let operations = channel.pipeline.syncOperations
        try! operations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
        try! operations.addHandler(counter)
    }

    mutating func parse(rounds: Int) {
        let expected = counter.heads + rounds
        let operations = channel.pipeline.syncOperations
        for _ in 0..<rounds { operations.fireChannelRead(NIOAny(bytes)) }
        precondition(counter.heads == expected, "the head was not understood")
    }
}

runBench(NIOParser.self, requestsOnly: true)
