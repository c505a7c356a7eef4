import Reactor

/// Reads the beginning of a streamed response in HTTP: JSON, eight NUL bytes, and then the body ("Set up a Lambda proxy integration
/// with payload response streaming").
package struct PreludeReader: Sendable {
    /// The content type that announces it.
    static let contentType = "application/vnd.awslambda.http-integration-response"
    /// The most bytes of the JSON: the delimiter is expected so early.
    package static let limit = 16_384

    private var json: [UInt8] = []
    private var zeros = 0

    package init() {}

    static func isAnnounced(by contentType: String) -> Bool {
        contentType.prefix { $0 != ";" && $0 != " " }.lowercased() == Self.contentType
    }

    /// Takes the next bytes of the response.
    ///
    /// - Returns: the JSON and how many of the bytes belong to the prelude; nil while it is not complete.
    package mutating func take(_ piece: ByteView) throws(HTTPAnswerFault) -> (json: [UInt8], count: Int)? {
        for index in 0..<piece.count {
            if piece[index] == 0 {
                zeros += 1
                if zeros == 8 { return (json, index + 1) }
            } else {
                guard zeros == 0 else { throw HTTPAnswerFault("its prelude does not end with eight NUL bytes") }
                json.append(piece[index])
                guard json.count <= Self.limit else {
                    throw HTTPAnswerFault("no eight NUL bytes end its prelude within \(Self.limit) bytes")
                }
            }
        }
        return nil
    }
}
