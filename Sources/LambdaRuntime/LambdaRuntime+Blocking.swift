import CLinux
import HostProcess
import LambdaAPI

extension LambdaRuntime {
    /// Handles events on the calling thread, for as long as the process lives: no task, no other thread, no executor.
    ///
    ///     LambdaRuntime.runBlocking { event, context in
    ///         [UInt8](#"{"size":\#(event.count)}"#.utf8)
    ///     }
    ///
    /// This is for functions that have nothing to await. The handler may block; nothing else waits for its thread. Work
    /// that it adds with ``LambdaContext/afterResponse(_:)`` still runs as tasks. One event is handled at a time, on
    /// Managed Instances too.
    ///
    /// Errors are handled as ``LambdaRuntime`` says: those of the handler are reported to the caller, those of the
    /// Runtime API end the process with code 1.
    public static func runBlocking(_ handler: ([UInt8], LambdaContext) throws -> [UInt8]) -> Never {
        StandardOutput.writeLinesAtOnce()
        do {
            if StartByHand.isOne { try StartByHand.handleBlocking(handler) }
            let isManaged = try Concurrency.fromEnvironment().isManaged
            let endpoint = try LambdaEndpoint.fromEnvironment()
            if isManaged { Termination.shared.watch { log(.warn, $0) } }
            try serveBlocking(endpoint, termination: isManaged ? .shared : nil, handler)
        } catch {
            exit(after: error)
        }
        // The termination ends the process once what runs has ended.
        while true { pause() }
    }

    /// Event after event until the service fails, or the termination asks for the end.
    ///
    /// - Throws: a ``RuntimeError``, or the ``Errno`` of an event loop that could not be had.
    package static func serveBlocking(
        _ endpoint: LambdaEndpoint, through snapshot: Snapshot? = .ofProcess, termination: Termination? = nil,
        _ handler: ([UInt8], LambdaContext) throws -> [UInt8]
    ) throws {
        let calls = try BlockingCalls(endpoint, termination)
        defer { calls.close() }
        try snapshot?.pass(calls)
        var trace = TraceVariable()
        while let event = try calls.next() {
            let context = event.context
            if termination == nil { trace.set(context) }
            let outcome = Result { try handler(event.payload, context) }
            try calls.answer(Answer(to: context, of: outcome), to: context)
        }
    }
}
