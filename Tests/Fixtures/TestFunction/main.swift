import CLinux
import HostProcess
import LambdaAPI
import PostInvokeRuntime

// The start of the function, chosen by the environment: unset, it is a wrapped handler.
//   plain       without the SDK: the handler alone
//   init-error  fails before its first event
//   unclosed    shutdown closures that outlast their time
//   blocking    without the SDK, on one thread, with a hook after each response
//   streaming   without the SDK: writes "first" and "second", and has a hook after the response
//   snapshot    prints what its hooks around a snapshot do; "snapshot, blocking" on one thread, without the SDK
//   restored late  has a hook that hangs after a restore
//   chain       SIGTERM is handled already when the SDK comes
//   late, late-chain  SIGTERM is handled by somebody who comes after the SDK, and who calls the handler before, too
//   top-level   connects where nobody catches errors, in the mode layer
//   prints      prints a line once it has connected, and waits for a signal; "prints, buffered" connects as if it need not appear

// Tests start it from threads that block signals, which a process inherits.
var signals = sigset_t()
sigemptyset(&signals)
sigaddset(&signals, SIGTERM)
pthread_sigmask(SIG_UNBLOCK, &signals, nil)

let start = getenv("TEST_FUNCTION").map { String(cString: $0) } ?? ""

// The mode it asks for: unset, the one that fits.
let modes: [String: PostInvoke.ModeChoice] = [
    "layer": .layer, "inProcess": .inProcess, "managed": .managed, "local": .local,
]
let mode = getenv("TEST_FUNCTION_MODE").flatMap { modes[String(cString: $0)] } ?? .automatic

// The SDK's limits of time: unset, ones that no busy machine exceeds, but for what outlasts them on purpose; "product", its own.
let hasProductLimits = getenv("TEST_FUNCTION_LIMITS").map { String(cString: $0) } == "product"

if start.hasPrefix("snapshot") {
    LambdaRuntime.beforeSnapshot { print("registered first, before the snapshot") }
    LambdaRuntime.beforeSnapshot { print("registered last, before the snapshot") }
    LambdaRuntime.afterRestore { print("registered first, after the restore") }
    LambdaRuntime.afterRestore {
        try await Task.sleep(for: .zero)
        print("registered last, after the restore")
    }
}
if start == "restored late" {
    let service = try await RuntimeService.start(.fromEnvironment())
    LambdaRuntime.afterRestore { while true { pause() } }
    try await LambdaRuntime.serve(service, through: Snapshot(restoreLimit: .milliseconds(10))) {
        LambdaHandler { event, _ in event }
    }
}
if start == "blocking" || start == "snapshot, blocking" {
    LambdaRuntime.runBlocking { event, context in
        if start == "blocking" { context.afterResponse { print("after the response") } }
        return event
    }
}
if start == "streaming" {
    await LambdaRuntime.runStreaming { _, writer, context in
        context.afterResponse { print("after the response") }
        try await writer.write("first\n")
        try await writer.write("second")
    }
}

if start == "top-level" { _ = await PostInvoke.connectOrExit(mode: .layer) }
if start.hasPrefix("prints") {
    let postInvoke = try await PostInvoke.connect(mode: .layer, writesLinesAtOnce: start == "prints")
    print("printed after connecting")
    _ = write(STDERR_FILENO, "printed\n", 8)
    while true { pause() }
    _ = postInvoke
}

await LambdaRuntime.run {
    switch start {
    case "plain": return LambdaHandler { event, _ in event }
    case "init-error": throw FunctionError(type: "TestError", message: "cannot start")
    case "chain":
        signal(SIGTERM) { _ in _ = write(STDOUT_FILENO, "handler before\n", 15) }
    default: break
    }
    var here = FunctionEnvironment.ofProcess
    if !hasProductLimits {
        here.sessionTimeout = .seconds(30)
        if start != "unclosed" { Shutdown.shared.budget = .seconds(30) }
        Termination.shared.patience = .seconds(30)
        // Nobody's later handler ends this process; the time is to be there, and to pass.
        Termination.shared.companyTime = .milliseconds(1)
    }
    let postInvoke = try await PostInvoke.connect(mode: mode, in: here)
    postInvoke.onShutdown { print("shutdown, registered first") }
    postInvoke.onShutdown {
        if start == "unclosed" { try await Task.sleep(for: .seconds(60)) }
        print("shutdown, registered last")
    }
    takeSignal(as: start)
    return postInvoke.wrap(behave)
}
