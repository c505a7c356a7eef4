import CLinux
import HostProcess
import LambdaAPI

extension LambdaRuntime {
    /// The life of a process that handles events on the calling thread.
    static func liveBlocking(_ handler: ([UInt8], LambdaContext) -> Result<[UInt8], FunctionError>) -> Never {
        do throws(EndingError) {
            let isManaged: Bool
            let endpoint: LambdaEndpoint
            do {
                isManaged = try Concurrency.fromEnvironment().isManaged
                endpoint = try LambdaEndpoint.fromEnvironment()
            } catch {
                throw .setting(error)
            }
            if isManaged { Termination.shared.watch { log(.warn, $0) } }
            try serveBlocking(endpoint, termination: isManaged ? .shared : nil, answering: handler)
        } catch {
            error.endProcess()
        }
        // The termination ends the process once what runs has ended.
        while true { pause() }
    }

    /// Event after event until the service fails, or the termination asks for the end.
    static func serveBlocking(
        _ endpoint: LambdaEndpoint, through snapshot: Snapshot? = .ofProcess, termination: Termination? = nil,
        answering handler: ([UInt8], LambdaContext) -> Result<[UInt8], FunctionError>
    ) throws(EndingError) {
        let calls: BlockingCalls
        do { calls = try BlockingCalls(endpoint, termination) } catch { throw .system(error) }
        defer { calls.close() }
        try snapshot?.pass(calls)
        var trace = TraceVariable()
        var last: EventRecord?
        while let event = try calls.next(after: last) {
            let context = event.context
            if termination == nil { trace.set(context) }
            try calls.answer(Answer(to: context, of: handler(event.payload, context)), to: context)
            last = context.record
        }
    }
}
