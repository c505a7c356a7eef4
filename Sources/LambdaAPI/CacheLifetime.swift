/// The time for which an answer may be kept (RFC 9111, section 5.2.2), by the directives that mean something to the one
/// who asked.
package enum CacheLifetime: Equatable {
    /// Not at all.
    case none
    case seconds(UInt32)
    /// Nothing was said.
    case unlimited

    /// Reads `Cache-Control`. Of directives that repeat the strictest counts; a number that is none is zero (section 4.2.1).
    package init(_ fields: HTTPFields) {
        var lifetime = CacheLifetime.unlimited
        var index = 0
        while index < fields.count {
            if fields[index].name.equalsIgnoringCase("Cache-Control") { lifetime.tighten(by: fields[index].value) }
            index += 1
        }
        self = lifetime
    }

    private mutating func tighten(by list: ByteView) {
        var rest = list
        while true {
            let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.count
            tighten(byDirective: rest[0..<end].trimmed)
            guard end < rest.count else { return }
            rest = rest.dropFirst(end + 1)
        }
    }

    private mutating func tighten(byDirective directive: ByteView) {
        if directive.equalsIgnoringCase("no-store") || directive.equalsIgnoringCase("no-cache") { self = .none }
        let name: ByteView = "max-age="
        guard directive.count >= name.count, directive[0..<name.count].equalsIgnoringCase(name) else { return }
        var number = directive.dropFirst(name.count)
        if number.count > 1, number[0] == UInt8(ascii: "\""), number[number.count - 1] == UInt8(ascii: "\"") {
            number = number[1..<number.count - 1]
        }
        let seconds = UInt32(clamping: number.decimal ?? 0)
        switch self {
        case .none: break
        case .seconds(let others): self = seconds == 0 ? .none : .seconds(min(seconds, others))
        case .unlimited: self = seconds == 0 ? .none : .seconds(seconds)
        }
    }
}
