import Foundation
import JSON
@testable import ReactorHTTP
@testable import Sandbox
@testable import SandboxCore

nonisolated(unsafe) private var table = FieldTable()
nonisolated(unsafe) private var trailerTable = FieldTable()

/// A request to the sandbox's APIs: a head, then everything else as its body.
func checkSandboxRequests(_ bytes: ByteView) {
    checkPieces(bytes)
    guard let status = try? parseRequestHead(bytes, fields: &table), case .complete(let head, let length) = status
    else {
        return
    }
    let request = HTTPRequest(
        method: head.method(in: bytes), target: head.target(in: bytes), version: head.version,
        fields: head.fields(in: bytes, table), body: bytes.dropFirst(length), trailers: head.fields(in: bytes, table))
    checkRoute(request)
    if let fault = JSONFault(in: HTTPEvent(request).json) { fail("an event that is no JSON: \(fault)") }
    checkInvoke(RoutedRequest(request, RoutePattern("/2015-03-31/functions/:name/invocations")))
}

nonisolated(unsafe) private let router = {
    let router = HTTPRouter(servesHEAD: false)
    APIRoute.add(to: router) { _, _, _ in }
    return router
}()

private func checkRoute(_ request: HTTPRequest) {
    let routes = APIRoute.all.filter { RoutePattern($0.pattern).matches(request.path) }
    if routes.count > 1 { fail("\(routes.count) routes of one path") }
    let isServed = routes.contains { ByteView($0.method) == request.method }
    if isServed != (router.route(of: request) != nil) { fail("a method refused and allowed") }
    for route in routes {
        let routed = RoutedRequest(request, RoutePattern(route.pattern))
        if let id = routed.parameter("id"), id.isEmpty || id.firstIndex(of: UInt8(ascii: "/")) != nil {
            fail("the id \(id.string)")
        }
        _ = route.input(Call(id: 1), routed)
    }
    var response = FunctionResponse(RoutedRequest(request, RoutePattern(APIRoute.responsePattern)))
    response.take(request.trailers, wasHandedOn: false)
    let events = APIRoute.events(in: request.body)
    if events != registeredEvents(request.body) { fail("the events of a registration") }
}

/// A registration read token by token; the sandbox has Foundation do it. The first of names that repeat counts.
private func registeredEvents(_ body: ByteView) -> [String]? {
    guard JSONReader.fault(in: body) == nil else { return nil }
    var reader = JSONReader(body)
    guard case .beginObject = try? reader.next() else { return nil }
    while case .key(let name) = try? reader.next() {
        guard name == "events" else {
            try? reader.skipValue()
            continue
        }
        switch try? reader.next() {
        case .null: return []
        case .beginArray: break
        default: return nil
        }
        var events: [String] = []
        while case let token = try? reader.next() {
            switch token {
            case .string(let event): events.append(event.string)
            case .endArray: return events
            default: return nil
            }
        }
    }
    return []
}

private func checkInvoke(_ request: RoutedRequest) {
    let reference = FunctionReference(request.path.dropFirst(min(1, request.path.count)))
    if reference?.name.isEmpty == true { fail("a function without a name") }
    do throws(InvokeFault) {
        var invoke = try InvokeRequest(request, qualifier: reference?.qualifier)
        try invoke.take(request.body.array)
        if let fault = JSONFault(in: invoke.payload) { fail("a payload that is no JSON: \(fault)") }
        if !invoke.clientContext.isEmpty {
            invoke.clientContext.withByteView { context in
                if !isFieldValue(context) || JSONFault(in: context) != nil { fail("a client context that is none") }
            }
        }
    } catch {
        let (status, type, message) = error.answer
        if status < 400 || type.utf8CodeUnitCount == 0 || message.isEmpty { fail("a fault without an answer") }
        if case .notJSON(let fault) = error, fault.line < 1 || fault.column < 1 { fail("a fault nowhere") }
    }
}

/// The small parts that take bytes: JSON, Base64 and lines.
private func checkPieces(_ bytes: ByteView) {
    checkGrammar(bytes)
    checkAnswer(bytes)
    let plain = bytes.array
    let coded = Base64.encode(plain)
    expectEqual(coded, Array(Data(plain).base64EncodedString().utf8), "Base64 and Foundation's")
    expectEqual(coded.withByteView { Base64.decode($0) } ?? [0], plain, "Base64 there and back")
    if Base64.decode(bytes) != decodedBase64(plain) { fail("Base64 decoded") }

    guard var (cuts, rest) = Cuts.split(bytes) else { return }
    let expected = rest.array.split(separator: ASCII.lineFeed, omittingEmptySubsequences: false)
    var lines: [[UInt8]] = []
    var splitter = LineSplitter()
    while !rest.isEmpty {
        let count = cuts.next(of: rest.count)
        splitter.append(rest[0..<count])
        rest = rest.dropFirst(count)
        splitter.takeLines { lines.append($0.array) }
    }
    splitter.takeRest { lines.append($0.array) }
    let isCutOff = expected.last?.isEmpty != true
    expectEqual(lines, (isCutOff ? expected : expected.dropLast()).map { Array($0) }, "lines and lines split")
}

/// Turns any response into an answer in HTTP or none, and reads a prelude however it is cut.
private func checkAnswer(_ bytes: ByteView) {
    let answer = try? HTTPAnswer(bytes.array)
    if answer?.fields.contains(where: { !$0.value.withByteView(isFieldValue) }) == true { fail("a field that is none") }

    guard var (cuts, rest) = Cuts.split(bytes) else { return }
    let whole = rest.array
    var (reader, twin) = (PreludeReader(), PreludeReader())
    let expected = try? twin.take(rest)
    if let expected { _ = try? HTTPAnswer(prelude: expected.json) }
    var taken = 0
    do {
        while !rest.isEmpty {
            let count = cuts.next(of: rest.count)
            if let found = try reader.take(rest[0..<count]) {
                expectEqual(found.json, expected?.json ?? whole, "a prelude in pieces")
                if taken + found.count != expected?.count {
                    fail("a prelude of \(taken + found.count) bytes in pieces")
                }
                return
            }
            taken += count
            rest = rest.dropFirst(count)
        }
        if expected != nil { fail("a prelude without an end in pieces") }
    } catch {
        if expected != nil { fail("\(error) in pieces") }
    }
}

/// Documents are judged as the library's reader does, but for what it alone refuses.
private func checkGrammar(_ bytes: ByteView) {
    let strict = JSONReader.fault(in: bytes)
    if strict?.expected == .surrogatePair || strict?.expected == .shallowerNesting { return }
    let fault = JSONGrammar.fault(in: bytes)
    if fault != strict { fail("\(fault as Any) of JSON instead of \(strict as Any)") }
}

/// RFC 4648, digit by digit; the sandbox has Foundation do it. Padding may be missing (section 3.2), nothing outside the alphabet
/// is passed over (3.3), and the bits that no byte takes may have any value (3.5).
private func decodedBase64(_ text: [UInt8]) -> [UInt8]? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let digits = text.prefix { $0 != UInt8(ascii: "=") }
    let padding = text.count - digits.count
    guard digits.count % 4 != 1, padding == 0 || padding <= 2 && text.count % 4 == 0,
        text[digits.count...].allSatisfy({ $0 == UInt8(ascii: "=") })
    else { return nil }
    var bytes: [UInt8] = []
    var (bits, count) = (0, 0)
    for digit in digits {
        guard let value = alphabet.firstIndex(of: digit) else { return nil }
        bits = bits << 6 | value
        count += 6
        guard count >= 8 else { continue }
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
        bits &= 1 << count - 1
    }
    return bytes
}

extension JSONFault {
    fileprivate init?(in bytes: [UInt8]) {
        guard let fault = bytes.withByteView({ JSONFault(in: $0) }) else { return nil }
        self = fault
    }
}
