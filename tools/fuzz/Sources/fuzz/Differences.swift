import HTTP1
import NIOHTTP1

extension Difference {
    static let all = startLines + fields + framing + chunks + documents

    private static let startLines = [
        Difference(
            text: "passes over any line ends before a message; we pass over one empty line, of a request",
            source: "RFC 9112, 2.2",
            sentence:
                "a server that is expecting to receive and parse a request-line SHOULD ignore at least one empty line "
                + "(CRLF) received prior to the request-line",
            among: weRefuse(.request, .bareCarriageReturn, .bareLineFeed, .malformedMethod)
                + weRefuse(.response, .malformedVersion),
            when: { $0.first == 13 || $0.first == 10 }),
        Difference(
            text: "knows a list of methods, and some of other protocols; we take every token",
            source: "RFC 9110, 9.1",
            sentence:
                "Additional methods, outside the scope of this specification, have been specified for use in HTTP.",
            covers: { disagreement, bytes in
                let method = startLine(bytes).prefix { $0 != 0x20 }
                switch disagreement {
                case .onlyTheyRefuse(.request, "invalid HTTP method"): return !isKnownMethod(method)
                case .onlyTheyRefuse(.request, _): return isOfAnotherProtocol(method)
                case .otherwise(.request, "the method"): return Array(method) == Array("M-SEARCH".utf8)
                default: return false
                }
            }),
        Difference(
            text: "looks for a URL in the target; we take visible ASCII and leave its form to the handler",
            source: "RFC 9112, 3",
            sentence:
                "Although the request-line grammar rule requires that each of the component elements be separated "
                + "by a single SP octet, recipients MAY instead parse on whitespace-delimited word boundaries",
            among: [.onlyTheyRefuse(.request, "invalid URL")]),
        Difference(
            text: "takes several spaces between the parts of a request line; we take one",
            source: "RFC 9112, 3", sentence: "request-line = method SP request-target SP HTTP-version",
            among: weRefuse(.request, .malformedVersion, .malformedTarget),
            when: { isDoubled(0x20, in: startLine($0)) }),
        Difference(
            text: "takes a second carriage return for the line feed of a status line; we do not",
            source: "RFC 9112, 2.2",
            sentence:
                "A recipient of such a bare CR MUST consider that element to be invalid or replace each bare CR with SP "
                + "before processing the element or forwarding the message.",
            among: weRefuse(.response, .bareCarriageReturn), when: { isDoubled(13, in: $0[...]) }),
        Difference(
            text: "takes RTSP and ICE for HTTP; we do not", source: "RFC 9112, 2.3",
            sentence: "HTTP-name = %s\"HTTP\"",
            among: weRefuse(.request, .malformedVersion) + weRefuse(.response, .malformedVersion),
            when: { bytes in
                let line = String(decoding: startLine(bytes), as: UTF8.self)
                return line.contains("RTSP/") || line.contains("ICE/")
            }),
        Difference(
            text: "refuses HTTP/1.2 and what may come after it; we take it for HTTP/1.1",
            source: "RFC 9110, 6.2",
            sentence:
                "A recipient that receives a message with a major version number that it implements and a minor version "
                + "number higher than what it implements SHOULD process the message as if it was in the highest minor version "
                + "within that major version to which the recipient is conformant.",
            covers: { disagreement, bytes in
                let version: ArraySlice<UInt8>
                switch disagreement {
                case .onlyTheyRefuse(.request, "invalid HTTP version"): version = startLine(bytes).suffix(8)
                case .onlyTheyRefuse(.response, "invalid HTTP version"): version = startLine(bytes).prefix(8)
                default: return false
                }
                return version.starts(with: "HTTP/1.".utf8) && version.last! > UInt8(ascii: "1")
            }),
        Difference(
            text: "takes a status below 100; we do not", source: "RFC 9110, 15",
            sentence: "All valid status codes are within the range of 100 to 599, inclusive.",
            among: weRefuse(.response, .malformedStatus), when: { $0.count > 9 && $0[9] == 0x30 }),
        Difference(
            text: "takes a status without a space behind it; we do not", source: "RFC 9112, 4",
            sentence:
                "A server MUST send the space that separates the status-code from the reason-phrase even when the "
                + "reason-phrase is absent",
            among: weRefuse(.response, .malformedStatus), when: { startLine($0).count == 12 }),
        Difference(
            text: "takes control characters in a reason phrase; we do not", source: "RFC 9112, 4",
            sentence: "reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )",
            among: weRefuse(.response, .malformedReason)),
    ]

    private static let fields = [
        Difference(
            text: "takes a request without Host, with several, or with one that is no host; we do not",
            source: "RFC 9112, 3.2",
            sentence: "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that "
                + "lacks a Host header field and to any request message that contains more than one Host header field "
                + "line or a Host header field with an invalid field value.",
            among: weRefuse(.request, .missingHost, .repeatedHost, .malformedHost)),
        Difference(
            text: "leaves a blank behind a value where it is, and then does not know the value; we take it away",
            source: "RFC 9110, 5.5",
            sentence: "a field parsing implementation MUST exclude such whitespace prior to evaluating the field value",
            covers: { disagreement, bytes in
                func hasTab(_ name: String) -> Bool { lines(bytes, named: name).joined().contains(ASCII.tab) }
                switch disagreement {
                case .onlyTheyRefuse(_, "invalid character in content-length header"): return hasTab("content-length")
                case .otherwise(_, "keeping alive"): return hasTab("connection")
                case .otherwise(_, "no chunks"), .onlyTheyRefuse(_, "unknown (http_parser error)"):
                    return hasTab("transfer-encoding")
                default: return false
                }
            }),
    ]

    private static let framing = [
        Difference(
            text: "reads Proxy-Connection like Connection; we do not know it",
            source: "RFC 9112, C.2.2",
            sentence: "clients are encouraged not to send the Proxy-Connection header field in any requests",
            among: [.otherwise(.request, "keeping alive")],
            when: { !lines($0, named: "proxy-connection").isEmpty }),
        Difference(
            text: "refuses a Content-Length that is repeated with the same value; we take it",
            source: "RFC 9112, 6.3",
            sentence: "unless the field value can be successfully parsed as a comma-separated list (Section 5.6.1 of "
                + "[HTTP]), all values in the list are valid, and all values in the list are the same",
            covers: { disagreement, bytes in
                switch disagreement {
                case .onlyTheyRefuse(_, "invalid character in content-length header"),
                    .onlyTheyRefuse(_, "unexpected content-length header"):
                    return lines(bytes, named: "content-length").joined().contains(0x2C)
                        || lines(bytes, named: "content-length").count > 1
                default: return false
                }
            }),
        Difference(
            text: "does not look at the framing of CONNECT; we read it like any other's",
            source: "RFC 9110, 9.3.6", sentence: "A CONNECT request message does not have content.",
            among: weRefuse(
                .request, .unknownTransferCoding, .malformedTransferEncoding, .transferEncodingInHTTP10)
                + [.otherwise(.request, "no body where there is one")],
            when: { startLine($0).starts(with: "CONNECT ".utf8) }),
        Difference(
            text:
                "reads a response in codings that it does not know until its connection closes; we can decode none but chunked",
            source: "RFC 9112, 6.3",
            sentence:
                "If a Transfer-Encoding header field is present in a response and the chunked transfer coding is not "
                + "the final encoding, the message body length is determined by reading the connection until it is closed by "
                + "the server.",
            among: weRefuse(.response, .unknownTransferCoding, .malformedTransferEncoding)),
        Difference(
            text: "takes Transfer-Encoding in HTTP/1.0; we do not", source: "RFC 9112, 6.1",
            sentence:
                "A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header field MUST "
                + "treat the message as if the framing is faulty",
            among: weRefuse(.request, .transferEncodingInHTTP10) + weRefuse(.response, .transferEncodingInHTTP10)),
        Difference(
            text: "takes a request with another coding below chunked, or with none named; we do not",
            source: "RFC 9112, 6.1",
            sentence:
                "A server that receives a request message with a transfer coding it does not understand SHOULD respond "
                + "with 501 (Not Implemented).",
            covers: { disagreement, bytes in
                switch disagreement {
                case .onlyWeRefuse(.request, .unknownTransferCoding): return true
                case .onlyWeRefuse(.request, .malformedTransferEncoding):
                    let values = lines(bytes, named: "transfer-encoding")
                    return values.contains { $0.allSatisfy { $0 <= 0x20 } } || values.count > 1
                default: return false
                }
            }),
        Difference(
            text: "does not know chunked beside empty members of its list; we pass over these",
            source: "RFC 9110, 5.6.1.2",
            sentence: "A recipient MUST parse and ignore a reasonable number of empty list elements",
            among: [
                .onlyTheyRefuse(.request, "unknown (http_parser error)"), .otherwise(.response, "no chunks"),
                .onlyTheyRefuse(.response, "unknown (http_parser error)"),
            ], when: { lines($0, named: "transfer-encoding").joined().contains(0x2C) }),
    ]

    private static let chunks = [
        Difference(
            text: "refuses blanks before a chunk extension; we take them", source: "RFC 9112, 7.1.1",
            sentence: "chunk-ext = *( BWS \";\" BWS chunk-ext-name [ BWS \"=\" BWS chunk-ext-val ] )",
            among: [.onlyTheyRefuse(.chunks, "invalid character in chunk size header")],
            when: { $0.contains(ASCII.space) || $0.contains(ASCII.tab) }),
        Difference(
            text: "parses chunk extensions; we pass over them, refusing control characters only",
            source: "RFC 9112, 7.1.1", sentence: "A recipient MUST ignore unrecognized chunk extensions.",
            among: [.onlyTheyRefuse(.chunks, "strict mode assertion")], when: { $0.contains(0x3B) }),
        Difference(
            text: "takes DEL in the quoted value of a chunk extension; we do not",
            source: "RFC 9110, 5.6.4", sentence: "qdtext = HTAB / SP / %x21 / %x23-5B / %x5D-7E / obs-text",
            among: weRefuse(.chunks, .malformedChunkExtension), when: { $0.contains(0x7F) }),
        Difference(
            text: "reads framing fields in a trailer section; to us they are fields like any other",
            source: "RFC 9112, 7.1.2",
            sentence:
                "A recipient that removes the chunked coding from a message MAY selectively retain or discard the "
                + "received trailer fields.",
            covers: { disagreement, bytes in
                guard case .onlyTheyRefuse(.chunks, _) = disagreement else { return false }
                return !lines(bytes, named: "content-length").isEmpty
                    || !lines(bytes, named: "transfer-encoding").isEmpty
            }),
    ]
}

private func weRefuse(_ place: Place, _ faults: HTTPParseError...) -> [Disagreement] {
    faults.map { .onlyWeRefuse(place, $0) }
}

private func startLine(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    let start = bytes.starts(with: [13, 10]) ? 2 : 0
    return bytes[start...].prefix { $0 != 13 }
}

private func isDoubled(_ byte: UInt8, in bytes: ArraySlice<UInt8>) -> Bool {
    zip(bytes, bytes.dropFirst()).contains { $0 == (byte, byte) }
}

private func isKnownMethod(_ method: ArraySlice<UInt8>) -> Bool {
    if case .RAW = HTTPMethod(rawValue: String(decoding: method, as: UTF8.self)) { return false }
    return true
}

/// Returns true if SwiftNIO's parser takes the method for one of RTSP, HTTP/2 or ICE.
private func isOfAnotherProtocol(_ method: ArraySlice<UInt8>) -> Bool {
    [
        "PRI", "DESCRIBE", "ANNOUNCE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER", "SET_PARAMETER",
        "REDIRECT",
        "RECORD", "FLUSH", "SOURCE",
    ].contains(String(decoding: method, as: UTF8.self))
}

/// The values of the fields with a name, as they stand there.
private func lines(_ bytes: [UInt8], named name: String) -> [ArraySlice<UInt8>] {
    bytes.split(separator: 10).compactMap { line in
        guard let colon = line.firstIndex(of: 0x3A),
            String(decoding: line[..<colon], as: UTF8.self).lowercased() == name
        else { return nil }
        return line[(colon + 1)...]
    }
}
