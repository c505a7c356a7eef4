import ArgumentParser

/// The executables that are measured.
struct Programs {
    let `extension`: String
    /// The folder with `floor`, `floor-static` and `pingpong`.
    let peers: String
    let countable: String?
    let counter: String?
    let others: [Other]
    /// The file with the recorded number of instructions a cycle.
    let instructions: String?

    var floor: String { peers + "/floor" }
    var staticFloor: String { peers + "/floor-static" }
    var pingpong: String { peers + "/pingpong" }

    /// A program that a user would write instead.
    struct Other {
        let name: String
        let command: [String]

        init(parsing text: String) throws {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw ValidationError("a peer is NAME=COMMAND")
            }
            name = String(text[..<equals])
            command = text[text.index(after: equals)...].split(separator: " ").map(String.init)
            guard !command.isEmpty else { throw ValidationError("a peer needs a command") }
        }
    }
}
