import Bytes

/// The life of the sandbox's environment: every choice of the world around it is made by the bytes, and the world of the
/// tests checks what the environment promised.
func checkSandboxLife(_ bytes: ByteView) {
    var world = World(Choices(bytes.array))
    for _ in 0..<min(400, 2 * bytes.count) { world.step() }
    world.end()
    if let fault = world.faults.first { fail(fault) }
}
