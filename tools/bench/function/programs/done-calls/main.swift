// Ends invocations through the SDK's public API: for each id of 36 bytes on standard input, it writes when the done call began
// and how long it took, in nanoseconds of CLOCK_MONOTONIC, as two numbers of 64 bits.
import Glibc
import PostInvoke

func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

let postInvoke = try await PostInvoke.connect(mode: .layer)
// That it is connected.
write(1, "+", 1)
var id = [UInt8](repeating: 0, count: 36)
while read(0, &id, id.count) == id.count {
    let invocation = postInvoke.begin(requestID: String(decoding: id, as: UTF8.self))
    let start = now()
    await invocation.handle {}
    var times = [start, now() - start]
    write(1, &times, 16)
}
