// An extension that prints a line for each invocation: its phases, their durations and the memory used, as the Telemetry
// API reports them. Settings: TELEMETRY_TAIL_PORT (4243), TELEMETRY_TAIL_BUFFER_MS (25).
import LambdaExtension

/// The entry point, in both build modes: named after the module.
@c(telemetry_tail_main)
public func telemetryTailMain(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
    let endpoint: LambdaEndpoint
    do {
        endpoint = try LambdaEndpoint.fromEnvironment()
    } catch {
        log { error.append(to: &$0) }
        return LambdaEndpointError.exitCode
    }
    do {
        return try TelemetryTail(endpoint: endpoint).run()
    } catch {
        log { $0.append(error.text) }
        return 1
    }
}

/// Writes a line to standard error.
func log(_ write: (inout Buffer) -> Void) {
    var line = Buffer()
    line.append("telemetry-tail: ")
    write(&line)
    line.append("\n")
    printOut(&line, to: 2)
}

/// Writes what a buffer has to a standard stream, which stays open; what cannot be written is lost.
func printOut(_ lines: inout Buffer, to stream: Int32 = 1) {
    let descriptor = FileDescriptor(rawValue: stream)
    while !lines.isEmpty, case .bytes(let count)? = try? descriptor.write(lines.readable) { lines.consume(count) }
    lines.removeAll()
    _ = descriptor.release()
}
