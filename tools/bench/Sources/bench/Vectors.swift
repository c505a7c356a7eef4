import Glibc

/// A vector for execve(2): strings, and a null behind the last.
typealias Vector = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// Lends a program's arguments and its environment as vectors for the length of a call.
func withVectors<Result>(
    _ arguments: [String], _ environment: [String], _ body: (Vector, Vector) throws -> Result
) rethrows -> Result {
    var arguments = arguments.map { strdup($0) } + [nil]
    var environment = environment.map { strdup($0) } + [nil]
    defer { for text in arguments + environment { free(text) } }
    return try body(&arguments, &environment)
}
