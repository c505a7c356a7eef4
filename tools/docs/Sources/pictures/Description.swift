/// The content of `tools/docs/pictures/pictures.txt`; its head describes the format.
struct Description {
    struct Module {
        enum Kind: String, CaseIterable {
            case product, lambda, mechanism, pure, optional
        }

        let name: String
        let kind: Kind
        let column: Double
        let row: Double
        let imports: [String]
        let words: String
    }

    struct Step {
        let from: String
        /// Nil for a step of one alone.
        let to: String?
        let words: String
    }

    struct Phase {
        let name: String
        var steps: [Step] = []
    }

    struct Fault: Error, CustomStringConvertible {
        let line: Int
        let reason: String
        var description: String { "line \(line): \(reason)" }
    }

    private(set) var modules: [Module] = []
    private(set) var caption = ""
    private(set) var lanes: [String] = []
    private(set) var phases: [Phase] = []

    init(_ text: String) throws {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            do { try read(String(line)) } catch let reason as Reason {
                throw Fault(line: index + 1, reason: reason.text)
            }
        }
        for module in modules {
            for name in module.imports where !modules.contains(where: { $0.name == name }) {
                throw Fault(line: 0, reason: "\(module.name) imports \(name), which is no module")
            }
        }
    }

    private struct Reason: Error { let text: String }

    private mutating func read(_ line: String) throws {
        let parts = line.split(separator: ":", maxSplits: 1).map { $0.split(separator: " ").map(String.init) }
        let words = parts.count > 1 ? parts[1].joined(separator: " ") : ""
        let head = parts[0]
        switch head[0] {
        case "module":
            guard head.count >= 5, let kind = Module.Kind(rawValue: head[2]), let column = Double(head[3]),
                let row = Double(head[4])
            else { throw Reason(text: "not a module") }
            modules.append(
                Module(
                    name: head[1], kind: kind, column: column, row: row, imports: Array(head.dropFirst(5)), words: words
                ))
        case "caption": caption = line.dropFirst("caption ".count).description
        case "lane": lanes.append(head.dropFirst().joined(separator: " "))
        case "phase": phases.append(Phase(name: head.dropFirst().joined(separator: " ")))
        default:
            guard !phases.isEmpty, lanes.contains(head[0]) else { throw Reason(text: "nobody called \(head[0])") }
            if head.count == 1 {
                phases[phases.count - 1].steps.append(Step(from: head[0], to: nil, words: words))
            } else {
                guard head.count == 3, head[1] == "->", lanes.contains(head[2]) else {
                    throw Reason(text: "not a step")
                }
                phases[phases.count - 1].steps.append(Step(from: head[0], to: head[2], words: words))
            }
        }
    }
}
