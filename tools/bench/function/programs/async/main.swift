import LambdaRuntime

let answer = [UInt8](#"{"ok":true}"#.utf8)
await LambdaRuntime.run { _, _ in answer }
