import Bytes
import NIOCore
import NIOEmbedded
import NIOHTTP1

/// SwiftNIO's HTTP decoder, asked what it makes of some bytes.
enum NIOJudge {
    /// The output of the decoder.
    struct Reading<Head> {
        var head: Head?
        var body: [UInt8] = []
        var trailers: HTTPHeaders?
        /// True if the message is complete.
        var isOver = false
        /// True if a second message began.
        var hasSecond = false
        /// The decoder's error, in words.
        var fault: String?
    }

    /// Reads a request that arrives in these pieces.
    static func request(_ pieces: [[UInt8]]) -> Reading<HTTPRequestHead> {
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
        return read(EmbeddedChannel(handler: decoder), pieces) { (part: HTTPServerRequestPart, reading) in
            switch part {
            case .head(let head): if reading.head == nil { reading.head = head } else { reading.hasSecond = true }
            case .body(let bytes): reading.body += bytes.readableBytesView
            case .end(let trailers):
                if !reading.isOver { reading.trailers = trailers }
                reading.isOver = true
            }
        }
    }

    /// Reads a response to a GET.
    static func response(_ pieces: [[UInt8]]) -> Reading<HTTPResponseHead> {
        let decoder = ByteToMessageHandler(
            HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward))
        let channel = EmbeddedChannel(handler: decoder)
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
        do { try channel.writeOutbound(HTTPClientRequestPart.head(head)) } catch { fail("cannot tell the request") }
        _ = try? channel.readOutbound(as: HTTPClientRequestPart.self)
        return read(channel, pieces) { (part: HTTPClientResponsePart, reading) in
            switch part {
            case .head(let head): if reading.head == nil { reading.head = head } else { reading.hasSecond = true }
            case .body(let bytes): reading.body += bytes.readableBytesView
            case .end(let trailers):
                if !reading.isOver { reading.trailers = trailers }
                reading.isOver = true
            }
        }
    }

    private static func read<Part, Head>(
        _ channel: EmbeddedChannel, _ pieces: [[UInt8]], _ take: (Part, inout Reading<Head>) -> Void
    ) -> Reading<Head> {
        var reading = Reading<Head>()
        do {
            for piece in pieces where !piece.isEmpty {
                try channel.writeInbound(channel.allocator.buffer(bytes: piece))
                while let part = try channel.readInbound(as: Part.self) { take(part, &reading) }
            }
        } catch {
            reading.fault = "\(error)"
            while let part = try? channel.readInbound(as: Part.self) { take(part, &reading) }
        }
        // Without this the channel's promises are reported as leaks; what the end of the stream means is not asked.
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return reading
    }
}
