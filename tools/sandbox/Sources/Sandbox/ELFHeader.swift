import ReactorHTTP

/// The head of an ELF file: what processor it is for, and where the name of its dynamic loader is (elf(5)). Pure.
package struct ELFHeader: Equatable {
    package enum Kind: UInt16 { case relocatable = 1, executable, shared, core }

    /// The bytes that the longest head has.
    package static let size = 64

    /// Nil for one that is no kind of program, nor anything else that is known.
    package let kind: Kind?
    /// The name of its processor, `arm64` and `x86_64` as Lambda has them, others as `uname -m` prints them.
    package let architecture: String
    /// The place of its program headers in the file; empty if there are none, or not as the kernel takes them.
    package let programHeaders: Range<UInt64>
    private let is64Bit: Bool
    private let isBigEndian: Bool

    package static func isELF(_ bytes: ByteView) -> Bool { bytes.starts(with: "\u{7F}ELF") }

    /// Reads a head from a file's first bytes; nil where they are not ELF, or end within the head.
    package init?(_ bytes: ByteView) {
        guard Self.isELF(bytes), bytes.count > 5, 1...2 ~= bytes[4], 1...2 ~= bytes[5] else { return nil }
        is64Bit = bytes[4] == 2
        isBigEndian = bytes[5] == 2
        guard bytes.count >= (is64Bit ? Self.size : 52) else { return nil }
        let fields = Fields(bytes: bytes, isBigEndian: isBigEndian)
        kind = Kind(rawValue: UInt16(fields.number(at: 16, 2)))
        architecture = Self.name(ofMachine: fields.number(at: 18, 2), is64Bit, isBigEndian)
        let start = is64Bit ? fields.number(at: 32, 8) : fields.number(at: 28, 4)
        let entrySize = fields.number(at: is64Bit ? 54 : 42, 2)
        let length = entrySize * fields.number(at: is64Bit ? 56 : 44, 2)
        let (end, overflows) = start.addingReportingOverflow(length)
        let isUsable = entrySize == (is64Bit ? 56 : 32) && length <= 65_536 && !overflows
        programHeaders = isUsable ? start..<end : 0..<0
    }

    /// The place of the dynamic loader's path in the file, without the zero that ends it; nil if it needs none.
    ///
    /// - Parameter table: the bytes of ``programHeaders``.
    package func loaderPath(in table: ByteView) -> Range<UInt64>? {
        let size = is64Bit ? 56 : 32
        for entry in stride(from: 0, through: table.count - size, by: size) {
            let fields = Fields(bytes: table[entry..<entry + size], isBigEndian: isBigEndian)
            guard fields.number(at: 0, 4) == 3 else { continue }
            let start = is64Bit ? fields.number(at: 8, 8) : fields.number(at: 4, 4)
            let length = is64Bit ? fields.number(at: 32, 8) : fields.number(at: 16, 4)
            // As long as a path may be.
            guard (2...4096).contains(length), start <= UInt64(Int64.max) - length else { return nil }
            return start..<start + length - 1
        }
        return nil
    }

    private static func name(ofMachine machine: UInt64, _ is64Bit: Bool, _ isBigEndian: Bool) -> String {
        switch machine {
        case 3: "i386"
        case 8: (is64Bit ? "mips64" : "mips") + (isBigEndian ? "" : "el")
        case 20: "ppc"
        case 21: isBigEndian ? "ppc64" : "ppc64le"
        case 22: is64Bit ? "s390x" : "s390"
        case 40: isBigEndian ? "32-bit armeb" : "32-bit arm"
        case 43: "sparc64"
        case 62: is64Bit ? "x86_64" : "x86_64 with 32-bit pointers"
        case 183: (isBigEndian ? "big-endian arm64" : "arm64") + (is64Bit ? "" : " with 32-bit pointers")
        case 243: is64Bit ? "riscv64" : "riscv32"
        case 258: is64Bit ? "loongarch64" : "loongarch32"
        default: "a processor that ELF numbers \(machine)"
        }
    }

    /// Numbers in a byte order.
    private struct Fields {
        let bytes: ByteView
        let isBigEndian: Bool

        func number(at offset: Int, _ count: Int) -> UInt64 {
            (0..<count).reduce(0) { $0 << 8 | UInt64(bytes[offset + (isBigEndian ? $1 : count - 1 - $1)]) }
        }
    }
}
