import JSON

/// Those from Foundation, about JSON.
extension Difference {
    static let documents = [
        Difference(
            judge: "Foundation", text: "lets a comma stand before ] and }; we do not", source: "RFC 8259, 4, 5 and 9",
            sentence:
                "object = begin-object [ member *( value-separator member ) ] end-object; "
                + "array = begin-array [ value *( value-separator value ) ] end-array; "
                + "A JSON parser MAY accept non-JSON forms or extensions.",
            among: [.onlyWeRefuseJSON], when: hasTrailingComma),
        Difference(
            judge: "Foundation", text: "guesses UTF-16 and UTF-32; we do not", source: "RFC 8259, 8.1",
            sentence:
                "JSON text exchanged between systems that are not part of a closed ecosystem MUST be encoded using "
                + "UTF-8 [RFC3629].",
            among: [.onlyWeRefuseJSON],
            when: { $0.prefix(4).contains(0) || $0.starts(with: [0xFE, 0xFF]) || $0.starts(with: [0xFF, 0xFE]) }),
        Difference(
            judge: "Foundation", text: "skips a byte order mark before a document; to us it is an error",
            source: "RFC 8259, 8.1",
            sentence:
                "In the interests of interoperability, implementations that parse JSON texts MAY ignore the presence of a "
                + "byte order mark rather than treating it as an error.",
            among: [.onlyWeRefuseJSON], when: { $0.starts(with: [0xEF, 0xBB, 0xBF]) }),
        Difference(
            judge: "Foundation",
            text: "drops a byte order mark at the start of a string or behind an escape; we do not",
            source: "RFC 8259, 7",
            sentence:
                "All Unicode characters may be placed within the quotation marks, except for the characters that MUST "
                + "be escaped: quotation mark, reverse solidus, and the control characters (U+0000 through U+001F).",
            covers: { disagreement, bytes in
                guard case .otherwise(.json, let what) = disagreement, what != "a number" else { return false }
                return bytes.indices.contains { index in
                    let isBehindEscape = [2, 6].contains { index >= $0 && bytes[index - $0] == 0x5C }
                    return bytes[index...].starts(with: [0xEF, 0xBB, 0xBF]) && index > 0
                        && (bytes[index - 1] == 0x22 || isBehindEscape)
                }
            }),
        Difference(
            judge: "Foundation",
            text:
                "keeps one of the members whose names are the same, or are it but for the spelling of a character; we hand "
                + "over all",
            source: "RFC 8259, 4 and 8.3",
            sentence:
                "When the names within an object are not unique, the behavior of software that receives such an object is "
                + "unpredictable. Implementations that transform the textual representation into sequences of Unicode code "
                + "units and then perform the comparison numerically, code unit by code unit, are interoperable",
            among: [.otherwise(.json, repeatedNames)]),
        Difference(
            judge: "Foundation", text: "goes 512 levels deep, we 64", source: "RFC 8259, 9",
            sentence: "An implementation may set limits on the maximum depth of nesting.",
            among: [.onlyWeRefuseJSON], when: { fault(in: $0)?.expected == .shallowerNesting }),
        Difference(
            judge: "Foundation", text: "refuses numbers beyond what Double can be; we hand over the digits",
            source: "RFC 8259, 6",
            sentence: "This specification allows implementations to set limits on the range and precision of numbers "
                + "accepted.",
            among: [.onlyTheyRefuse(.json, "a document")], when: hasHugeNumber),
        Difference(
            judge: "Foundation", text: "rounds some numbers in their last place; we hand over the digits",
            source: "RFC 8259, 6",
            sentence:
                "good interoperability can be achieved by implementations that expect no more precision or range than these "
                + "provide, in the sense that implementations will approximate JSON numbers within the expected precision.",
            among: [.otherwise(.json, lastPlace)]),
    ]

    /// An object has names that repeat, and Foundation fewer members.
    static let repeatedNames = "names that repeat"
    /// A number is almost the same.
    static let lastPlace = "the last place of a number"
}

private func fault(in bytes: [UInt8]) -> JSONError? {
    bytes.withByteView { view in
        var reader = JSONReader(view)
        do throws(JSONError) {
            while true {
                if case .end = try reader.next() { return nil }
            }
        } catch {
            return error
        }
    }
}

@Sendable private func hasHugeNumber(_ bytes: [UInt8]) -> Bool {
    String(decoding: bytes, as: UTF8.self).split { !"+-.eE0123456789".contains($0) }
        .contains { Double($0)?.isInfinite != false }
}

/// A comma behind which nothing but white space and a closing bracket stands, and without which all is well.
@Sendable private func hasTrailingComma(_ bytes: [UInt8]) -> Bool {
    var rest = bytes
    while let fault = fault(in: rest) {
        guard fault.offset < rest.count, rest[fault.offset] == 0x5D || rest[fault.offset] == 0x7D,
            let comma = rest[..<fault.offset].lastIndex(where: { $0 > ASCII.space }), rest[comma] == 0x2C
        else { return false }
        rest.remove(at: comma)
    }
    return true
}
