// Leaves as many closures as the variable CLOSURES says, each of which does nothing.
import Glibc
import PostInvokeRuntime

let answer = [UInt8](#"{"ok":true}"#.utf8)
let closures = getenv("CLOSURES").flatMap { Int32(String(cString: $0)) } ?? 0

await LambdaRuntime.run {
    let postInvoke = try await PostInvoke.connect(mode: .layer)
    return postInvoke.wrap { _, _ in
        for _ in 0..<closures { PostInvoke.run {} }
        return answer
    }
}
