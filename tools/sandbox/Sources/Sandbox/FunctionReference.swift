import HTTP1

/// The function that a caller of the Invoke API names: a name, or an ARN or a part of one, with or without a version or alias.
package struct FunctionReference: Equatable {
    /// The function's name.
    package let name: String
    /// The version or alias behind it; nil when there is none.
    package let qualifier: String?

    /// The pattern of versions and aliases ("Invoke", AWS Lambda API Reference).
    static let qualifierPattern: StaticString = #"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"#

    static func isQualifier(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 128 else { return false }
        return text == "$LATEST.PUBLISHED"
            || text.utf8.allSatisfy { isLetterOrDigit($0) || "-_$".utf8.contains($0) }
    }

    /// The pattern of functions' names, of which each has 64 bytes at most ("CreateFunction", AWS Lambda API Reference).
    static let namePattern: StaticString = "[a-zA-Z0-9-_]+"

    /// Returns true if a function can be called so.
    package static func isName(_ text: String) -> Bool {
        1...64 ~= text.utf8.count && text.utf8.allSatisfy { isLetterOrDigit($0) || "-_".utf8.contains($0) }
    }

    /// The pattern of tenants' ids ("Invoke", AWS Lambda API Reference).
    static let tenantPattern: StaticString = #"[a-zA-Z0-9\._:\/=+\-@ ]+"#

    static func isTenant(_ text: String) -> Bool {
        1...256 ~= text.utf8.count && text.utf8.allSatisfy { isLetterOrDigit($0) || "._:/=+-@ ".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte & ~0x20
    }

    /// Reads the path's segment that names the function; nil when it names none.
    package init?(_ segment: ByteView) {
        guard let bytes = segment.percentDecoded, let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        // NAME, ACCOUNT:function:NAME or arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME, and perhaps :QUALIFIER. A function, and
        // an alias, may itself be called function.
        switch parts.count {
        case 1...2: break
        case 3...4 where parts[1] == "function": parts.removeFirst(2)
        case 7...8 where parts[0] == "arn" && parts[2] == "lambda" && parts[5] == "function": parts.removeFirst(6)
        default: return nil
        }
        guard !parts[0].isEmpty else { return nil }
        name = parts[0]
        qualifier = parts.count == 2 ? parts[1] : nil
    }
}
