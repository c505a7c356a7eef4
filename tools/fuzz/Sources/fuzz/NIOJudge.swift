import Bytes
import NIOCore
import NIOEmbedded
import NIOHTTP1

/// SwiftNIO's HTTP decoder, asked what it makes of some bytes.
enum NIOJudge {
    /// The output of the decoder.
    struct Reading<Head: Equatable> {
        var head: Head?
        var body: [UInt8] = []
        /// True if the message is complete.
        var isOver = false
        /// The decoder's error, in words.
        var fault: String?

        fileprivate mutating func take(_ part: HTTPPart<Head, ByteBuffer>) {
            switch part {
            case .head(let first): if head == nil { head = first }
            case .body(let bytes): body += bytes.readableBytesView
            case .end: isOver = true
            }
        }
    }

    /// Reads a request that arrives in these pieces.
    static func request(_ pieces: [[UInt8]]) -> Reading<HTTPRequestHead> {
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
        return read(EmbeddedChannel(handler: decoder), pieces)
    }

    /// Reads a response to a GET.
    static func response(_ pieces: [[UInt8]]) -> Reading<HTTPResponseHead> {
        let decoder = ByteToMessageHandler(
            HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward))
        let channel = EmbeddedChannel(handler: decoder)
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
        do { try channel.writeOutbound(HTTPClientRequestPart.head(head)) } catch { fail("cannot tell the request") }
        _ = try? channel.readOutbound(as: HTTPClientRequestPart.self)
        return read(channel, pieces)
    }

    private static func read<Head: Equatable>(_ channel: EmbeddedChannel, _ pieces: [[UInt8]]) -> Reading<Head> {
        typealias Part = HTTPPart<Head, ByteBuffer>
        var reading = Reading<Head>()
        do {
            for piece in pieces where !piece.isEmpty {
                try channel.writeInbound(channel.allocator.buffer(bytes: piece))
                while let part = try channel.readInbound(as: Part.self) { reading.take(part) }
            }
        } catch {
            reading.fault = "\(error)"
            while let part = try? channel.readInbound(as: Part.self) { reading.take(part) }
        }
        // Without this the channel's promises are reported as leaks; what the end of the stream means is not asked.
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return reading
    }
}
