/// A change to a document: `PATH=VALUE` or `PATH:=JSON`.
///
/// A path is names and places, as in `requestContext.http.method` and `Records[0].body`; a backslash goes before a dot or a bracket that
/// is a part of a name. A value is text where a text stands; elsewhere it is JSON, and text if it is no JSON. Behind `:=` it is JSON
/// always.
package struct Assignment {
    /// The reason why there is no such change, in words.
    package struct Fault: Error, Equatable {
        package let description: String
    }

    private enum Step: Equatable {
        case name(String)
        case place(Int)
    }

    private let path: [Step]
    private let value: String
    private let isJSON: Bool

    /// - Throws: what is wrong with the text.
    package init(_ text: String) throws(Fault) {
        var steps: [Step] = []
        var rest = Substring(text)
        while true {
            if rest.first == "[" {
                guard let end = rest.firstIndex(of: "]"), let place = Int(rest[..<end].dropFirst()), place >= 0 else {
                    throw Fault(description: "expected a number in brackets, such as [0], and found: \(rest)")
                }
                steps.append(.place(place))
                rest = rest[end...].dropFirst()
            } else {
                let name = Self.takeName(&rest)
                guard !name.isEmpty else {
                    throw Fault(
                        description: rest.isEmpty
                            ? "the path ends where a name should be" : "expected a name before: \(rest)")
                }
                steps.append(.name(name))
            }
            if rest.first == "[" { continue }
            guard rest.first == "." else { break }
            rest.removeFirst()
        }
        isJSON = rest.hasPrefix(":=")
        guard isJSON || rest.first == "=" else { throw Fault(description: "expected = or := after the path") }
        path = steps
        value = String(rest.dropFirst(isJSON ? 2 : 1))
    }

    private static func takeName(_ text: inout Substring) -> String {
        var name = ""
        while let next = text.first, !".[=".contains(next), !text.hasPrefix(":=") {
            text.removeFirst()
            name.append(next == "\\" ? text.popFirst() ?? next : next)
        }
        return name
    }

    /// A name that was not there.
    package struct Addition: Equatable {
        package let name: String
        /// The names that were there.
        package let others: [String]
    }

    /// Carries it out. A name that is not there yet is added, and so is an element behind the last one, which is made from the
    /// first.
    ///
    /// - Returns: the first name that was added; nil when all were there.
    /// - Throws: why the path leads nowhere.
    @discardableResult
    package func apply(to document: inout JSONDocument) throws(Fault) -> Addition? {
        try apply(path[...], to: &document)
    }

    private func apply(_ path: ArraySlice<Step>, to document: inout JSONDocument) throws(Fault) -> Addition? {
        guard let step = path.first else {
            document = try newValue(insteadOf: document)
            return nil
        }
        switch (step, document) {
        case (.name(let name), .object(var members)):
            var addition: Addition?
            let place = members.firstIndex { $0.name == name } ?? members.endIndex
            if place == members.endIndex {
                addition = Addition(name: name, others: members.map(\.name))
                members.append(.init(name: name, value: empty(before: path.dropFirst())))
            }
            let inner = try apply(path.dropFirst(), to: &members[place].value)
            document = .object(members)
            return addition ?? inner
        case (.place(let place), .array(var elements)):
            guard place <= elements.count else {
                let next =
                    elements.isEmpty
                    ? "the array is empty; [0]" : "the last element is [\(elements.count - 1)]; the next"
                throw Fault(description: "[\(place)]: \(next) can be added")
            }
            if place == elements.count { elements.append(elements.first ?? empty(before: path.dropFirst())) }
            let addition = try apply(path.dropFirst(), to: &elements[place])
            document = .array(elements)
            return addition
        case (.name(let name), _): throw Fault(description: "\(name): the value before it is not an object")
        case (.place(let place), _): throw Fault(description: "[\(place)]: the value before it is not an array")
        }
    }

    /// The value that is put where nothing was, for the rest of the path.
    private func empty(before rest: ArraySlice<Step>) -> JSONDocument {
        switch rest.first {
        case .name: .object([])
        case .place: .array([])
        case nil: .word("null")
        }
    }

    private func newValue(insteadOf old: JSONDocument) throws(Fault) -> JSONDocument {
        if !isJSON, case .string = old { return .string(value) }
        if let document = JSONDocument(Array(value.utf8)) { return document }
        guard !isJSON else { throw Fault(description: "the value after := is not JSON: \(value)") }
        return .string(value)
    }
}
