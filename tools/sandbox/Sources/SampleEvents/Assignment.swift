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
                    throw Fault(description: "no place in brackets: \(rest)")
                }
                steps.append(.place(place))
                rest = rest[end...].dropFirst()
            } else {
                let name = Self.takeName(&rest)
                guard !name.isEmpty else { throw Fault(description: "a name is missing before: \(rest)") }
                steps.append(.name(name))
            }
            if rest.first == "[" { continue }
            guard rest.first == "." else { break }
            rest.removeFirst()
        }
        isJSON = rest.hasPrefix(":=")
        guard isJSON || rest.first == "=" else { throw Fault(description: "no = behind the path") }
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

    /// Carries it out. A name that is not there yet is added, and so is the element behind the last one.
    ///
    /// - Throws: why the path leads nowhere.
    package func apply(to document: inout JSONDocument) throws(Fault) { try apply(path[...], to: &document) }

    private func apply(_ path: ArraySlice<Step>, to document: inout JSONDocument) throws(Fault) {
        guard let step = path.first else {
            document = try newValue(insteadOf: document)
            return
        }
        switch (step, document) {
        case (.name(let name), .object(var members)):
            let place = members.firstIndex { $0.name == name } ?? members.endIndex
            if place == members.endIndex { members.append(.init(name: name, value: empty(before: path.dropFirst()))) }
            try apply(path.dropFirst(), to: &members[place].value)
            document = .object(members)
        case (.place(let place), .array(var elements)):
            guard place <= elements.count else {
                throw Fault(description: "[\(place)]: there are \(elements.count) elements")
            }
            if place == elements.count { elements.append(empty(before: path.dropFirst())) }
            try apply(path.dropFirst(), to: &elements[place])
            document = .array(elements)
        case (.name(let name), _): throw Fault(description: "\(name): what should have this name is no object")
        case (.place(let place), _): throw Fault(description: "[\(place)]: what should have this place is no array")
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
        guard !isJSON else { throw Fault(description: "no JSON behind := : \(value)") }
        return .string(value)
    }
}
