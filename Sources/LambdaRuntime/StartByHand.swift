#if !hasFeature(Embedded)
import CLinux
import HostProcess
import LambdaAPI
import Synchronization

/// A function that was started by hand, where there is no Lambda: it handles the one event that it was given, prints the
/// response, runs what was left for after it, and the process ends.
///
///     .build/debug/my-function --event event.json
///     echo '{"id": 1}' | .build/debug/my-function
enum StartByHand {
    /// True where nobody hands out events.
    static var isOne: Bool { ProcessEnvironment.value(of: LambdaEndpoint.variable) == nil }

    /// The event of this process. Without one it says how to give it, and ends with the code of a setting that is missing.
    static func takeEvent() throws -> RuntimeEvent {
        guard let payload = try payload(CommandLine.arguments.dropFirst()) else {
            printError(
                """
                This is not Lambda, as \(LambdaEndpoint.variable) is not set. An event: --event FILE, or on standard input.
                As in Lambda: lambda-sandbox run --function \(CommandLine.arguments[0]) --event FILE

                """)
            exit(SettingError.exitCode)
        }
        var context = LambdaContext(requestID: "by-hand-\(getpid())")
        context.runsHooksAnywhere = true
        return RuntimeEvent(context: context, payload: payload)
    }

    /// Handles the event of this process, and ends it: with code 1 after a handler that failed.
    ///
    /// - Throws: an ``EventFault``, or what `setup` threw.
    static func handle<Handler>(
        _ setup: () async throws -> Handler, _ handle: (Handler, RuntimeEvent, Printout) async throws -> [UInt8]
    ) async throws -> Never {
        let event = try takeEvent()
        let handler = try await setup()
        let printout = Printout()
        let outcome: Result<[UInt8], any Error>
        do {
            outcome = .success(try await handle(handler, event, printout))
        } catch {
            outcome = .failure(error)
        }
        let code = printout.finish(event.context, outcome)
        event.context.record.hooks.start(countedBy: .shared)
        // Not on this thread: what was left for after the response may need it.
        Thread.start { Termination.shared.endProcess(code: code) }
        await LambdaRuntime.waitForTermination()
    }

    /// The same for a handler that blocks its thread.
    ///
    /// - Throws: an ``EventFault``.
    static func handleBlocking(_ handler: ([UInt8], LambdaContext) throws -> [UInt8]) throws -> Never {
        let event = try takeEvent()
        let outcome = Result { try handler(event.payload, event.context) }
        let code = Printout().finish(event.context, outcome)
        event.context.record.hooks.start(countedBy: .shared)
        Termination.shared.endProcess(code: code)
    }

    /// Why there is no event, although one was named.
    struct EventFault: Error, CustomStringConvertible {
        let description: String
    }

    /// The event that the arguments name, or that standard input brings; nil if neither has one. Other arguments are the
    /// function's own.
    static func payload(_ arguments: ArraySlice<String>) throws(EventFault) -> [UInt8]? {
        var file: String?
        var rest = arguments
        while let argument = rest.popFirst() {
            if argument == "--event" {
                guard let name = rest.popFirst() else { throw EventFault(description: "--event names no file") }
                file = name
            } else if argument.hasPrefix("--event=") {
                file = String(argument.dropFirst("--event=".count))
            }
        }
        guard let file, file != "-" else {
            if file == nil, isatty(STDIN_FILENO) == 1 { return nil }
            do throws(Errno) {
                let payload = try readAll(try uninterrupted { dup(STDIN_FILENO) })
                return payload.isEmpty ? nil : payload
            } catch {
                throw EventFault(description: "standard input: \(error)")
            }
        }
        do throws(Errno) {
            return try readAll(try uninterrupted { clinux_open(file, O_RDONLY | O_CLOEXEC, 0) })
        } catch {
            throw EventFault(description: "--event \(file): \(error)")
        }
    }

    /// Reads to the end, and closes.
    private static func readAll(_ descriptor: consuming Int32) throws(Errno) -> [UInt8] {
        let file = FileDescriptor(rawValue: descriptor)
        var buffer = Buffer()
        while true {
            switch try file.read(into: buffer.reserve(65_536)) {
            case .bytes(let count): buffer.commit(count)
            // A pipe may have been made nonblocking by whoever shares it.
            case .wouldBlock: _ = BlockingPoll.wait(file.rawValue, for: .read, timeout: .seconds(86_400))
            case .endOfStream: return buffer.readable.array
            }
        }
    }

    private static func printError(_ text: String) {
        var text = text
        text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

extension StartByHand {
    /// The response on standard output, which ends with a line break. An error goes to the log alone.
    final class Printout: Sendable {
        /// True if the last byte printed was no line break.
        private let isInLine = Mutex(false)

        /// A writer whose pieces are printed when they are written. Status and headers go to standard error.
        func writer() -> LambdaResponseWriter {
            LambdaResponseWriter(sink: { [self] bytes, kind in
                switch kind {
                case .prelude: StartByHand.printError(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) + "\n")
                case .body: try print(bytes)
                }
            })
        }

        /// Prints what is left of the response to an invocation whose handler ended this way; the exit code that it stands for.
        func finish(_ context: LambdaContext, _ outcome: Result<[UInt8], any Error>) -> Int32 {
            let answer = Answer(to: context, of: outcome)
            do throws(Errno) {
                if case .output(let bytes) = answer { try print(bytes) }
                if isInLine.withLock({ $0 }) { try print([UInt8(ascii: "\n")]) }
            } catch {
                log(.error, "the response cannot be printed: \(error)", context)
                return EXIT_FAILURE
            }
            if case .failure = answer { return EXIT_FAILURE }
            return EXIT_SUCCESS
        }

        private func print(_ bytes: [UInt8]) throws(Errno) {
            guard let last = bytes.last else { return }
            isInLine.withLock { $0 = last != UInt8(ascii: "\n") }
            try StandardOutput.write(bytes)
        }
    }
}
#endif
