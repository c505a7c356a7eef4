#if FREESTANDING
import Bytes
import CLinux

// The kernel's own function that reads clocks without a system call, in the library that it maps into every process (vdso(7)).

private typealias ReadClock = @convention(c) (Int32, UnsafeMutableRawPointer?) -> Int32

/// The function that is called: a system call where an emulator has no other, or a kernel lists it in another way.
nonisolated(unsafe) private var readClock: ReadClock = { clock, time in
    Int32(truncatingIfNeeded: systemCall(Int(clock), Int(bitPattern: time), 0, SYS_clock_gettime))
}

/// clock_gettime(2).
@c(clock_gettime) func kernelClock(_ clock: Int32, _ time: UnsafeMutableRawPointer?) -> Int32 { readClock(clock, time) }

#if arch(x86_64)
private var clockName: ByteView { "__vdso_clock_gettime" }
#else
private var clockName: ByteView { "__kernel_clock_gettime" }
#endif

/// Looks for the function among the dynamic symbols of the library at this address.
func findClock(in library: UnsafeRawPointer) {
    let header = library.assumingMemoryBound(to: Elf64_Ehdr.self).pointee
    let segments = (library + Int(header.e_phoff)).assumingMemoryBound(to: Elf64_Phdr.self)
    var base: Int?
    var entry: UnsafePointer<Elf64_Dyn>?
    var index = 0
    while index < Int(header.e_phnum) {
        let segment = segments[index]
        let place = Int(bitPattern: library) &+ Int(bitPattern: UInt(segment.p_offset))
        if segment.p_type == PT_LOAD, base == nil { base = place &- Int(bitPattern: UInt(segment.p_vaddr)) }
        if segment.p_type == PT_DYNAMIC { entry = UnsafePointer(bitPattern: place) }
        index += 1
    }
    guard let base, var entry else { return }
    var symbols: UnsafePointer<Elf64_Sym>?
    var names: UnsafePointer<CChar>?
    var hash: UnsafePointer<UInt32>?
    while entry.pointee.d_tag != DT_NULL {
        let place = base &+ Int(bitPattern: UInt(entry.pointee.d_un.d_ptr))
        switch Int32(truncatingIfNeeded: entry.pointee.d_tag) {
        case DT_SYMTAB: symbols = UnsafePointer(bitPattern: place)
        case DT_STRTAB: names = UnsafePointer(bitPattern: place)
        case DT_HASH: hash = UnsafePointer(bitPattern: place)
        default: break
        }
        entry += 1
    }
    guard var symbol = symbols, let names, let hash else { return }
    // The table's second number counts the symbols.
    var left = hash[1]
    while left > 0 {
        let name = ByteView(endingWithZero: names + Int(symbol.pointee.st_name))
        if symbol.pointee.st_shndx != 0, name == clockName {
            readClock = unsafeBitCast(base &+ Int(bitPattern: UInt(symbol.pointee.st_value)), to: ReadClock.self)
        }
        symbol += 1
        left -= 1
    }
}
#endif
