import LambdaExtension

/// The extension's own work: it counts invocations. `Extension` calls it, and the tests call it directly.
struct Handler {
    private var invocations = 0

    /// Your work for an invocation goes here. The id is valid until this returns.
    ///
    /// - Parameter line: takes what is to be logged.
    mutating func began(requestID: JSONText, line: inout Buffer) {
        invocations += 1
        line.append("invocation ")
        line.append(decimal: UInt64(invocations))
        line.append(", request ")
        requestID.append(to: &line)
    }

    /// Your last work, at SHUTDOWN, goes here; Lambda waits two seconds.
    mutating func ends(line: inout Buffer) {
        line.append("ends after invocation ")
        line.append(decimal: UInt64(invocations))
    }
}
