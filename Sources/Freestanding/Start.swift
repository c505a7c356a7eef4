#if FREESTANDING
import Bytes
import CLinux

/// Starts the program: what musl's crt1.o calls first, in libc's stead. Behind the arguments there are a zero, the
/// environment, a zero, and facts about the process (getauxval(3)).
@c(__libc_start_main)
func start(
    _ main: @convention(c) (Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32, _ count: Int32,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
    var variables = arguments + Int(count) + 1
    clinux_set_environ(variables)
    while variables.pointee != nil { variables += 1 }
    var fact = UnsafeRawPointer(variables + 1).assumingMemoryBound(to: Elf64_auxv_t.self)
    while fact.pointee.a_type != AT_NULL {
        let value = UnsafeRawPointer(bitPattern: UInt(fact.pointee.a_un.a_val))
        if fact.pointee.a_type == AT_SYSINFO_EHDR, let value { findClock(in: value) }
        if fact.pointee.a_type == AT_RANDOM, let value { setGuard(value.load(as: UInt.self)) }
        fact += 1
    }
    return Int32(truncatingIfNeeded: systemCall(Int(main(count, arguments)), 0, 0, SYS_exit_group))
}

/// getenv(3).
@c(getenv) func variable(_ name: UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>? {
    guard var variables = clinux_environ() else { return nil }
    let name = ByteView(endingWithZero: name)
    while let variable = variables.pointee {
        let entry = ByteView(endingWithZero: variable)
        if entry.starts(with: name), variable[name.count] == 0x3D { return variable + name.count + 1 }
        variables += 1
    }
    return nil
}

// The number that functions with arrays on the stack keep behind them, and look at again before they return. Its first byte
// is zero, which no string copied too far can write.
#if arch(x86_64)
/// The memory that the thread's register points to; the compiler expects the number behind five others.
nonisolated(unsafe) private var thread: (UInt, UInt, UInt, UInt, UInt, guard: UInt) = (0, 0, 0, 0, 0, 0)

private func setGuard(_ random: UInt) {
    thread.guard = random << 8
    let setRegister = 0x1002  // ARCH_SET_FS of arch_prctl(2)
    _ = withUnsafeMutablePointer(to: &thread) { systemCall(setRegister, Int(bitPattern: $0), 0, SYS_arch_prctl) }
}
#else
@_silgen_name("__stack_chk_guard") nonisolated(unsafe) var stackGuard: UInt = 0

private func setGuard(_ random: UInt) { stackGuard = random << 8 }
#endif

@c(__stack_chk_fail) func stackIsBroken() -> Never { fatalError() }
#endif
