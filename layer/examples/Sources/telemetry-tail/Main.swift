// An extension that prints a line for each invocation: its phases, their durations and the memory used, as the Telemetry
// API reports them. Settings: TELEMETRY_TAIL_PORT (4243), TELEMETRY_TAIL_BUFFER_MS (25).
import LambdaExtension

let program = ExtensionProgram("telemetry-tail")

/// The entry point, in both build modes: named after the module.
@c(telemetry_tail_main)
public func telemetryTailMain(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
    program.run { (endpoint) throws(Errno) in try TelemetryTail(endpoint: endpoint).run() }
}
