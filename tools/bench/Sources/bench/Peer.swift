import ArgumentParser

/// A program that a user would write instead.
struct Peer {
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
