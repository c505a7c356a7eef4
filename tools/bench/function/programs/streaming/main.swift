import LambdaRuntime

let answer = [UInt8](#"{"ok":true}"#.utf8)
await LambdaRuntime.runStreaming { _, writer, _ in try await writer.write(answer) }
