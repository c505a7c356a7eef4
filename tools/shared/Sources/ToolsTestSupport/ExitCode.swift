import Processes

/// Runs a command to its end, with nothing to read; what it writes goes where ours does, unless it is to be quiet.
///
/// - Returns: its exit code, or 128 and the number of the signal that ended it.
package func exitCode(of command: [String], isQuiet: Bool = false) throws -> Int32 {
    var program = Spawn(command)
    if !isQuiet { (program.output, program.error) = (1, 2) }
    return ProcessEnd(of: try program.start()).code
}
