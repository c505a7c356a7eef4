/// Why a document is not JSON: where reading stopped, and what should have stood there.
public struct JSONError: Error, Equatable, Sendable {
    /// The offset of the first byte that does not fit, the document's length if it ended too early. Of a misspelt `true`,
    /// `false` or `null` it is the first letter.
    public let offset: Int
    /// The thing that should have stood there.
    public let expected: Expected

    /// An error at an offset, for readers of what surrounds a document or goes beyond it.
    public init(offset: Int, expected: Expected) {
        self.offset = offset
        self.expected = expected
    }

    /// The things that a reader asks for, each after RFC 8259.
    public enum Expected: Equatable, Sendable {
        /// Section 3: an object, array, string, number, `true`, `false` or `null`.
        case value
        /// Section 5: the first element of an array, or its end.
        case elementOrEnd
        /// Section 4: the first name of an object, or its end.
        case nameOrEnd
        /// Section 4: a name after a comma, which may not be the last thing of an object.
        case name
        /// Section 4: a colon after a name.
        case colon
        /// Sections 4 and 5: a comma, or the end of the array or object.
        case commaOrEnd
        /// Section 2: nothing but white space after the value.
        case endOfDocument
        /// Section 9 lets a reader limit nesting; ours is ``JSONReader/maximumDepth``.
        case shallowerNesting
        /// Section 6: a digit, after a minus sign, a decimal point or an exponent.
        case digit
        /// Section 6: no digit after a leading zero.
        case noLeadingZero
        /// Section 7: the quotation mark that ends a string.
        case closingQuote
        /// Section 7: no control character below U+0020 unescaped in a string.
        case escapedControlCharacter
        /// Section 7: one of `" \ / b f n r t u` after a backslash.
        case escape
        /// Section 7: four hexadecimal digits after `\u`.
        case hexDigit
        /// Section 8.2: an escaped surrogate is half of a pair, the high one first.
        case surrogatePair
        /// Section 8.1: well-formed UTF-8 (RFC 3629).
        case utf8
    }

    /// The expectation, as a noun phrase for a message such as "expected a colon at byte 7".
    public var message: StaticString {
        switch expected {
        case .value: "a value"
        case .elementOrEnd: "a value or ]"
        case .nameOrEnd: "a name or }"
        case .name: "a name"
        case .colon: "a colon"
        case .commaOrEnd: "a comma or the end of the array or object"
        case .endOfDocument: "the end of the document"
        case .shallowerNesting: "at most 64 levels of nesting"
        case .digit: "a digit"
        case .noLeadingZero: "no digit after a leading zero"
        case .closingQuote: "a closing quotation mark"
        case .escapedControlCharacter: "an escape in place of a control character"
        case .escape: "a known escape"
        case .hexDigit: "a hexadecimal digit"
        case .surrogatePair: "a pair of surrogates"
        case .utf8: "well-formed UTF-8"
        }
    }
}
