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
        #expect(run.output.split(separator: "\n").count == 4)
        #expect(run.code == 0)
    }

    @Test func readsAnEventOfAnySize() async throws {
        let text = String(repeating: "x", count: 300_000)
        let run = try await Run(["--event", "-"], input: #"{"do":"echo","text":"\#(text)"}"#)
        #expect(run.output == "handler echo\n{\"do\":\"echo\",\"text\":\"\(text)\"}\n")
    }

    @Test func aHandlerThatFailsHasItsClosuresAndCodeOne() async throws {
        let run = try await Run(input: #"{"do":"throw-with-closure","text":"why"}"#)
        #expect(run.output.hasPrefix("handler throw-with-closure\n"))
        #expect(run.output.split(separator: "\n").count > 1)
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
        #expect(run.output == "{}\n")
        #expect(run.errors == "")
        #expect(run.code == 0)
    }

    @Test func withoutAnEventSaysHowToGiveOne() async throws {
        let run = try await Run(input: "")
        #expect(
            run.errors == """
                This is not Lambda, as AWS_LAMBDA_RUNTIME_API is not set. An event: --event FILE, or on standard input.
                As in Lambda: lambda-sandbox run --function \(Run.executable.path) --event FILE

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

    private struct TemporaryFile {
        let path = FileManager.default.temporaryDirectory.appending(path: "event-\(UUID())").path

        init(_ contents: String) throws { try contents.write(toFile: path, atomically: false, encoding: .utf8) }

        func remove() { try? FileManager.default.removeItem(atPath: path) }
    }

    /// One run of the function, from its start to its end.
    private struct Run {
        static let executable = Bundle.main.executableURL!.deletingLastPathComponent().appending(path: "test-function")
        let output: String
        let errors: String
        let code: Int32

        init(_ arguments: [String] = [], input: String, start: String = "") async throws {
            let process = Process()
            process.executableURL = Self.executable
            process.arguments = arguments
            // Under the thread sanitizer it has the settings of these tests.
            process.environment = ProcessInfo.processInfo.environment
                .filter { ["TSAN_OPTIONS", "ASAN_OPTIONS", "LD_PRELOAD", "PATH"].contains($0.key) }
                .merging(["TEST_FUNCTION": start]) { $1 }
            // Not a pipe: not every run reads it.
            let event = try TemporaryFile(input)
            defer { event.remove() }
            process.standardInput = try FileHandle(forReadingFrom: URL(filePath: event.path))
            let (outgoing, complaints) = (Pipe(), Pipe())
            process.standardOutput = outgoing
            process.standardError = complaints
            try process.run()
            // Both at once: a full pipe would have the process wait.
            async let output = Self.readAll(outgoing)
            async let errors = Self.readAll(complaints)
            self.output = await output
            self.errors = await errors
            process.waitUntilExit()
            code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        }

        private static func readAll(_ pipe: Pipe) async -> String {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    let data = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
                    continuation.resume(returning: String(decoding: data, as: UTF8.self))
                }
            }
        }
    }
}
