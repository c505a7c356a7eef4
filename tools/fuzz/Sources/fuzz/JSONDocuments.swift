import Foundation
import JSON
@testable import LambdaExtension

/// A JSON document: read token by token, skipped as a whole, compared with Foundation's reader, and read as what the
/// Extensions API sends.
func checkJSON(_ bytes: ByteView) {
    let tree = JSONTree(bytes)
    checkSkipping(bytes, isAccepted: tree != nil)
    compareWithFoundation(bytes, tree)
    checkWriting(bytes)
    checkEvent(bytes, isAccepted: tree != nil)
}

/// A document as a value, to be compared with Foundation's.
enum JSONTree {
    case object([(name: String, value: JSONTree)])
    case array([JSONTree])
    case string(String)
    case number(JSONNumber)
    case bool(Bool)
    case null

    init?(_ bytes: ByteView) {
        var reader = JSONReader(bytes)
        do throws(JSONError) {
            let tree = try Self.value(of: try reader.next(), &reader)
            guard case .end = try reader.next(), case .end = try reader.next() else { fail("no end behind a value") }
            expectEqual(reader.depth, 0, "the depth at the end")
            self = tree
        } catch {
            if error.offset < 0 || error.offset > bytes.count { fail("an error at \(error.offset)") }
            expectEqual(Self.fault(&reader), error, "an error and the same again")
            return nil
        }
    }

    private static func fault(_ reader: inout JSONReader) -> JSONError? {
        do throws(JSONError) {
            _ = try reader.next()
            return nil
        } catch {
            return error
        }
    }

    private static func value(of token: JSONToken, _ reader: inout JSONReader) throws(JSONError) -> JSONTree {
        switch token {
        case .beginArray:
            var elements: [JSONTree] = []
            while true {
                let token = try reader.next()
                if case .endArray = token { return .array(elements) }
                elements.append(try value(of: token, &reader))
            }
        case .beginObject:
            var members: [(String, JSONTree)] = []
            while case .key(let name) = try reader.next() {
                members.append((name.string, try value(of: try reader.next(), &reader)))
            }
            return .object(members)
        case .string(let text):
            expectEqual(text.array, Array(text.string.utf8), "a text's bytes and its string")
            return .string(text.string)
        case .number(let number): return .number(number)
        case .bool(let value): return .bool(value)
        case .null: return .null
        case .key, .endArray, .endObject, .end: fail("\(token) in place of a value")
        }
    }
}

/// Skipping accepts what reading accepts, and each of the shortcuts ends where skipping does.
private func checkSkipping(_ bytes: ByteView, isAccepted: Bool) {
    func end(_ skip: (inout JSONReader) throws(JSONError) -> Void) -> Int? {
        var reader = JSONReader(bytes)
        do throws(JSONError) {
            try skip(&reader)
            while true {
                if case .end = try reader.next() { return reader.offset }
            }
        } catch {
            return nil
        }
    }
    let whole = end { (reader) throws(JSONError) in try reader.skipValue() }
    expectEqual(whole != nil, isAccepted, "skipped and read")
    expectEqual(
        end { (reader) throws(JSONError) in _ = try reader.nextText() }, whole, "a text passed over, and skipped")
    expectEqual(
        end { (reader) throws(JSONError) in _ = try reader.nextInteger() }, whole, "a number passed over, and skipped")
    expectEqual(end { (reader) throws(JSONError) in _ = try reader.entersObject() }, whole, "entered, and skipped")
}

private func compareWithFoundation(_ bytes: ByteView, _ tree: JSONTree?) {
    let theirs = try? JSONSerialization.jsonObject(with: Data(bytes.rawBuffer), options: .fragmentsAllowed)
    switch (tree, theirs) {
    case (nil, nil): break
    case (let tree?, let theirs?): compare(tree, theirs, bytes)
    case (nil, _?): differ(.onlyWeRefuseJSON, bytes.array)
    case (_?, nil): differ(.onlyTheyRefuse(.json, "a document"), bytes.array)
    }
}

private func compare(_ ours: JSONTree, _ theirs: Any, _ bytes: ByteView) {
    switch (ours, theirs) {
    case (.object(let members), let other as [String: Any]):
        // To Foundation two spellings of a character are one, as they are to a set of strings.
        let names = Set(members.map(\.name))
        guard names.count == members.count else {
            if other.count == names.count { return differ(.otherwise(.json, Difference.repeatedNames), bytes.array) }
            return differ(.otherwise(.json, "the members"), bytes.array)
        }
        if members.count != other.count { return differ(.otherwise(.json, "the members"), bytes.array) }
        for (name, value) in members {
            guard let value2 = other[name] else { return differ(.otherwise(.json, "a name"), bytes.array) }
            compare(value, value2, bytes)
        }
    case (.array(let elements), let other as [Any]):
        expectEqual(elements.count, other.count, "the elements of an array")
        for (left, right) in zip(elements, other) { compare(left, right, bytes) }
    case (.string(let text), let other as String):
        if Array(text.utf8) != Array(other.utf8) { differ(.otherwise(.json, "a string"), bytes.array) }
    case (.bool(let value), let other as NSNumber): expectEqual(value, other.boolValue, "a boolean")
    case (.number(let number), let other as NSNumber):
        if let value = number.uint64, value != other.uint64Value {
            differ(.otherwise(.json, "a whole number"), bytes.array)
        }
        if let value = number.int64, value != other.int64Value {
            differ(.otherwise(.json, "a whole number"), bytes.array)
        }
        guard Double(number.raw.string) != other.doubleValue else { return }
        let isClose = isAlmost(number.raw.string, other.doubleValue)
        differ(.otherwise(.json, isClose ? Difference.lastPlace : "a number"), bytes.array)
    case (.null, is NSNull): break
    default: differ(.otherwise(.json, "kinds of values"), bytes.array)
    }
}

/// Returns true if a number was read as the text says, but for its last place.
private func isAlmost(_ text: String, _ value: Double) -> Bool {
    guard let exact = Double(text) else { return false }
    return abs(exact - value) <= abs(exact) * 1e-14 || abs(exact) < 1e-300 && abs(value) < 1e-300
}

/// Whatever the bytes are, as a string they come back as what they are in UTF-8.
private func checkWriting(_ bytes: ByteView) {
    var buffer = Buffer()
    buffer.appendJSONString(bytes)
    var reader = JSONReader(buffer.readable)
    do throws(JSONError) {
        guard case .string(let text) = try reader.next(), case .end = try reader.next() else {
            fail("what was written is no string")
        }
        expectEqual(text.string, bytes.string, "a string written and read")
    } catch {
        fail("what was written is no JSON: \(error)")
    }
}

/// The events of the Extensions API and the answer to a registration.
private func checkEvent(_ bytes: ByteView, isAccepted: Bool) {
    _ = RegistrationView(bytes)
    do throws(APIFault) {
        let event = try ExtensionEventView.parse(bytes)
        guard isAccepted else { fail("an event that is no JSON") }
        if case .invoke(let invoke) = event {
            let exact = Int64(invoke.deadline).multipliedReportingOverflow(by: 1_000_000)
            if !exact.overflow { expectEqual(invoke.deadlineNanoseconds, exact.partialValue, "a deadline") }
            _ = (invoke.requestID.string, invoke.functionARN?.string, invoke.tracingValue?.string)
        }
    } catch {
        var text = Buffer()
        error.append(to: &text)
        if text.isEmpty { fail("a fault without a word") }
    }
}
