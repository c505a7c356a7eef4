import CLinux
import Foundation
import Testing

/// The test function where there is no Lambda, as one starts it in a terminal.
@Suite struct StartByHandTests {
    private static let local =
        "postinvoke: AWS_LAMBDA_RUNTIME_API is not set, this is not Lambda: closures run after the handler\n"

    @Test func printsTheResponseThenRunsTheClosures() async throws {
        let run = try await Run(input: #"{"do":"closures","count":2}"#)
        #expect(
            run.output == """
                handler closures
                {"do":"closures","count":2}
                closure 2 begins
                closure 2 ends
                closure 1 begins
                closure 1 ends
                shutdown, registered last
                shutdown, registered first

                """)
        #expect(run.errors == Self.local)
        #expect(run.code == 0)
    }

    @Test(arguments: [["--event"], ["--event="], ["--other", "--event"]])
    func takesTheEventOfAFile(arguments: [String]) async throws {
        let file = try TemporaryFile("{\"do\":\"nested\"}\n")
        defer { file.remove() }
        var arguments = arguments
        if arguments.last == "--event=" {
            arguments[arguments.count - 1] += file.path
        } else {
            arguments.append(file.path)
        }
        let run = try await Run(arguments, input: "not looked at")
        #expect(run.output.hasPrefix("handler nested\n{\"do\":\"nested\"}\n"))
        #expect(run.output.split(separator: "\n").count == 6)
        #expect(run.code == 0)
    }

    @Test func readsAnEventOfAnySize() async throws {
        let text = String(repeating: "x", count: 300_000)
        let run = try await Run(["--event", "-"], input: #"{"do":"echo","text":"\#(text)"}"#)
        #expect(run.output == "handler echo\n{\"do\":\"echo\",\"text\":\"\(text)\"}\n" + Self.shutdown)
    }

    /// Standard input is shared, and may have been made nonblocking. The event is larger than its buffer, so that the function
    /// finds it empty now and then.
    @Test func waitsForTheRestOfAnEvent() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, clinux_sock_stream_flags, 0, &ends) == 0)
        try #require(clinux_fcntl(ends[1], F_SETFL, O_RDWR) == 0)
        let function = try Running(input: FileHandle(fileDescriptor: ends[0], closeOnDealloc: true), start: "blocking")
        let event = [UInt8](repeating: UInt8(ascii: "1"), count: 2_000_000)
        var sent = 0
        while sent < event.count {
            let count = send(ends[1], Array(event[sent...]), event.count - sent, clinux_msg_nosignal)
            try #require(count > 0)
            sent += count
        }
        close(ends[1])
        let run = try await function.end()
        #expect(run.output == String(decoding: event, as: UTF8.self) + "\nafter the response\n")
        #expect(run.code == 0)
    }

    @Test func aStreamingHandlerPrintsItsPieces() async throws {
        let run = try await Run(input: "{}", start: "streaming")
        #expect(run.output == "first\nsecond\nafter the response\n")
        #expect(run.errors == "")
        #expect(run.code == 0)
    }

    @Test(arguments: ["blocking", "streaming"])
    func aResponseThatCannotBePrintedIsNamed(start: String) async throws {
        let run = try await Run(input: "{}", output: FileHandle(forWritingTo: URL(filePath: "/dev/full")), start: start)
        #expect(run.errors.contains("No space left on device (errno 28)"))
        #expect(run.code == 1)
    }

    @Test func aHandlerThatFailsHasItsClosuresAndCodeOne() async throws {
        let run = try await Run(input: #"{"do":"throw-with-closure","text":"why"}"#)
        #expect(run.output.hasPrefix("handler throw-with-closure\n"))
        #expect(run.output.hasSuffix("closure after an error\n" + Self.shutdown))
        #expect(run.errors.contains(": the handler failed: TestError: why\n"))
        #expect(run.code == 1)
    }

    @Test func aSetupThatFailsSaysWhy() async throws {
        let run = try await Run(input: "{}", start: "init-error")
        #expect(run.errors == "lambda-runtime: TestError: cannot start\n")
        #expect(run.code == 1)
    }

    @Test func aBlockingHandlerIsStartedByHandToo() async throws {
        let run = try await Run(input: "{}\n", start: "blocking")
        #expect(run.output == "{}\nafter the response\n")
        #expect(run.errors == "")
        #expect(run.code == 0)
    }

    @Test func withoutAnEventSaysHowToGiveOne() async throws {
        let run = try await Run(input: "")
        #expect(
            run.errors == """
                This is not Lambda, as AWS_LAMBDA_RUNTIME_API is not set. An event: --event FILE, or on standard input.
                As in Lambda: lambda-sandbox run --function \(Process.testFunction().executableURL!.path) --event FILE

                """)
        #expect(run.output == "")
        #expect(run.code == 78)
    }

    @Test(arguments: [
        (["--event"], "--event names no file"),
        (["--event", "/no/such/file"], "--event /no/such/file: No such file or directory (errno 2)"),
        (["--event=/"], "--event /: Is a directory (errno 21)"),
    ])
    func namesAnEventThatCannotBeRead(arguments: [String], words: String) async throws {
        let run = try await Run(arguments, input: "{}")
        #expect(run.errors == "lambda-runtime: \(words)\n")
        #expect(run.code == 1)
    }

    /// Its number may be that of something the runtime has opened since, so that the cause is not always the same.
    @Test func namesAStandardInputThatIsClosed() async throws {
        let shell = Process.testFunction()
        shell.arguments = ["-c", "exec \"$0\" <&-", shell.executableURL!.path]
        shell.executableURL = URL(filePath: "/bin/sh")
        let run = try await Running(shell).end()
        #expect(run.errors.hasPrefix("lambda-runtime: standard input: "))
        #expect(run.code == 1)
    }

    private static let shutdown = "shutdown, registered last\nshutdown, registered first\n"

    private struct TemporaryFile {
        let path = FileManager.default.temporaryDirectory.appending(path: "event-\(UUID())").path

        init(_ contents: String) throws { try contents.write(toFile: path, atomically: false, encoding: .utf8) }

        func remove() { try? FileManager.default.removeItem(atPath: path) }
    }

    /// One run of the function, which has ended.
    private struct Run {
        let output: String
        let errors: String
        let code: Int32

        init(output: String, errors: String, code: Int32) {
            (self.output, self.errors, self.code) = (output, errors, code)
        }

        /// - Parameter output: the place of its standard output; nil has it read.
        init(_ arguments: [String] = [], input: String, output: FileHandle? = nil, start: String = "") async throws {
            // Not a pipe: not every run reads it.
            let event = try TemporaryFile(input)
            defer { event.remove() }
            let file = try FileHandle(forReadingFrom: URL(filePath: event.path))
            self = try await Running(arguments, input: file, output: output, start: start).end()
        }
    }

    /// The function while it runs.
    private struct Running {
        private let process: Process
        private let output = Pipe.closedInOthers()
        private let errors = Pipe.closedInOthers()

        init(
            _ arguments: [String] = [], input: FileHandle, output: FileHandle? = nil, start: String
        ) throws {
            let process = Process.testFunction(start)
            process.arguments = arguments
            process.standardInput = input
            try self.init(process, output: output)
        }

        init(_ process: Process, output: FileHandle? = nil) throws {
            self.process = process
            process.standardOutput = output ?? self.output
            process.standardError = errors
            try process.run()
            // Foundation closes the end of a pipe that it gave to a process, but of no other.
            if output != nil { try self.output.fileHandleForWriting.close() }
        }

        func end() async throws -> Run {
            // Both at once: a full pipe would have the process wait.
            async let output = readAll(output)
            async let errors = readAll(errors)
            let texts = await (output, errors)
            process.waitUntilExit()
            let status = process.terminationStatus
            return Run(
                output: texts.0, errors: texts.1, code: process.terminationReason == .exit ? status : -status)
        }

        private func readAll(_ pipe: Pipe) async -> String {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    let data = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
                    continuation.resume(returning: String(decoding: data, as: UTF8.self))
                }
            }
        }
    }
}
