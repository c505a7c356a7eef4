import CLinux
import HostProcess
import PostInvokeRuntime

/// Does what the event asks.
///
/// | `do` | |
/// |---|---|
/// | `echo` | returns the event |
/// | `pid` | prints the number of its process |
/// | `throw` | throws `TestError` with `text` |
/// | `sleep` | takes `ms` before it returns |
/// | `until-end` | returns when SIGTERM has come, and leaves a closure that takes `ms` |
/// | `shutdown` | runs the closures at shutdown |
/// | `exit` | ends the process with code `count` |
/// | `big` | returns `count` bytes |
/// | `closures` | leaves `count` closures, of which each takes `ms` |
/// | `nested` | leaves a closure that leaves a closure |
/// | `closure-throw` | leaves two closures, of which the first to run throws |
/// | `closure-timeout` | leaves a closure that may take `ms` and takes a minute |
/// | `closure-stubborn` | leaves a closure that takes `ms` and does not heed cancellation |
/// | `closure-exit` | leaves a closure that ends the process with code `count` after `ms` |
/// | `closure-kill` | leaves a closure that kills the process after `ms` |
/// | `throw-with-closure` | leaves a closure and throws |
func behave(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] {
    let command = try Command(event)
    print("handler \(command.name)")
    switch command.name {
    case "pid": print("pid \(getpid())")
    case "throw": throw FunctionError(type: "TestError", message: command.text)
    case "sleep": try await Task.sleep(for: command.duration)
    case "until-end":
        await withCheckedContinuation { continuation in Termination.shared.whenAsked { continuation.resume() } }
        print("handler ends")
        try leaveClosures(command)
    case "shutdown": await PostInvoke.shutdown()
    case "exit": exit(Int32(command.count))
    case "big": return [UInt8](repeating: UInt8(ascii: "1"), count: command.count)
    default: try leaveClosures(command)
    }
    return event
}

private func leaveClosures(_ command: Command) throws {
    switch command.name {
    case "closures":
        for number in 1...command.count {
            PostInvoke.run {
                print("closure \(number) begins")
                try await Task.sleep(for: command.duration)
                print("closure \(number) ends")
            }
        }
    case "until-end":
        PostInvoke.run {
            try await Task.sleep(for: command.duration)
            print("closure ends")
        }
    case "nested":
        PostInvoke.run {
            PostInvoke.run { print("inner closure") }
            print("outer closure")
        }
    case "closure-throw":
        PostInvoke.run { print("closure after the failure") }
        PostInvoke.run { throw FunctionError(type: "TestError", message: command.text) }
    case "closure-timeout":
        PostInvoke.run(timeout: command.duration) { try await Task.sleep(for: .seconds(60)) }
    case "closure-stubborn":
        PostInvoke.run {
            print("stubborn closure begins")
            await Task.detached { try? await Task.sleep(for: command.duration) }.value
            print("stubborn closure ends")
        }
    case "closure-exit":
        PostInvoke.run {
            try await Task.sleep(for: command.duration)
            exit(Int32(command.count))
        }
    case "closure-kill":
        PostInvoke.run {
            try await Task.sleep(for: command.duration)
            kill(getpid(), SIGKILL)
        }
    case "throw-with-closure":
        PostInvoke.run { print("closure after an error") }
        throw FunctionError(type: "TestError", message: command.text)
    default: break
    }
}
