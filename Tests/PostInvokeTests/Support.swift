import CLinux
import Foundation
import PostInvoke
import Reactor

/// A deadline as Lambda gives it.
func millisecondsFromNow(_ duration: Duration) -> Int64 {
    WallClock.milliseconds + Int64(duration / .milliseconds(1))
}

/// The one address that a text names.
func extensionAddress(_ text: String) throws(PostInvokeError) -> ExtensionAddress { try ExtensionAddress.list(text)[0] }

extension Pipe {
    /// A pipe that no process inherits which another test starts: it would keep it open.
    static func closedInOthers() -> Pipe {
        let pipe = Pipe()
        for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
            _ = clinux_fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        return pipe
    }
}

extension Process {
    /// The test function, which is yet to be run.
    ///
    /// - Parameters:
    ///   - start: how the function starts; see its `main.swift`.
    ///   - environment: further variables.
    static func testFunction(_ start: String = "", environment: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = Bundle.main.executableURL!.deletingLastPathComponent().appending(path: "test-function")
        process.environment = environment
        process.environment!["TEST_FUNCTION"] = start
        // The settings of a sanitizer, when these tests run under it.
        let own = ProcessInfo.processInfo.environment
        if own["TSAN_OPTIONS"] != nil || own["ASAN_OPTIONS"] != nil {
            for name in ["TSAN_OPTIONS", "ASAN_OPTIONS", "LD_PRELOAD", "PATH"] {
                process.environment![name] = own[name]
            }
        }
        return process
    }
}
