import LambdaExtension

/// Writes a line to standard error, which CloudWatch keeps.
func log(_ write: (inout Buffer) -> Void) {
    var line = Buffer()
    line.append("my-extension: ")
    write(&line)
    line.append("\n")
    // FileDescriptor closes what it owns; standard error is not ours to close.
    let standardError = FileDescriptor(rawValue: 2)
    _ = try? standardError.write(line.readable)
    _ = standardError.release()
}
