/// The program around an extension: the frame of its entry point, and its lines on standard error.
///
///     let program = ExtensionProgram("my-extension")
///
///     @c(my_extension_main)
///     public func myExtensionMain(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
///         program.run { endpoint in try MyExtension(endpoint: endpoint).run() }
///     }
public struct ExtensionProgram: Sendable {
    private let literal: StaticString

    /// A program of this name, which must be that of the executable: Lambda registers no other.
    public init(_ name: StaticString) { literal = name }

    /// The name.
    public var name: ByteView { ByteView(literal) }

    /// Runs an extension at the endpoint that `AWS_LAMBDA_RUNTIME_API` names.
    ///
    /// - Parameter life: the extension from its start to its end; returns the exit code.
    /// - Returns: the code to exit with: that of `life`; `SettingError.exitCode` when there is no usable endpoint,
    ///   and 1 when `life` throws. A line on standard error then gives the reason.
    public func run(_ life: (LambdaEndpoint) throws(Errno) -> Int32) -> Int32 {
        let endpoint: LambdaEndpoint
        do { endpoint = try .fromEnvironment() } catch { return end(because: error) }
        do {
            return try life(endpoint)
        } catch {
            log { $0.append(error.text) }
            return 1
        }
    }

    /// Writes a line about a setting that cannot be used.
    ///
    /// - Returns: the code to exit with, `SettingError.exitCode`.
    public func end(because error: SettingError) -> Int32 {
        log { error.append(to: &$0) }
        return SettingError.exitCode
    }

    /// Writes a line to standard error, which goes to the function's log: the program's name, and what `write` appends.
    public func log(_ write: (inout Buffer) -> Void) {
        var line = Buffer()
        line.append(name)
        line.append(": ")
        write(&line)
        line.append("\n")
        StandardStream.error.write(line.readable)
    }
}
