import Foundation
import Processes
import Sandbox
import Testing
import ToolsTestSupport

/// The reasons why the kernel does not execute a file.
@Suite struct ExecutableFaultTests {
    // MARK: Heads of ELF files

    /// A head as linkers write it, with one program header behind it that names a loader.
    private static func elf(
        machine: UInt16, kind: UInt16 = 2, is64Bit: Bool = true, isBigEndian: Bool = false, loader: String = "/loader"
    ) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return isBigEndian ? bytes.reversed() : bytes
        }
        let (address, head, entry) = is64Bit ? (8, 64, 56) : (4, 52, 32)
        var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, is64Bit ? 2 : 1, isBigEndian ? 2 : 1, 1] + number(0, 9)
        bytes += number(Int(kind), 2) + number(Int(machine), 2) + number(1, 4)
        bytes += number(0, address) + number(head, address) + number(0, address) + number(0, 4)
        bytes += number(head, 2) + number(entry, 2) + number(1, 2) + number(0, 6)
        let (offset, length) = (number(head + entry, address), number(loader.utf8.count + 1, address))
        bytes += number(3, 4) + (is64Bit ? number(4, 4) : []) + offset + number(0, 2 * address)
        bytes += length + length + (is64Bit ? [] : number(4, 4)) + number(1, address)
        return bytes + Array(loader.utf8) + [0]
    }

    @Test(
        arguments: [
            (62, true, false, "x86_64"), (62, false, false, "x86_64 with 32-bit pointers"), (183, true, false, "arm64"),
            (183, true, true, "big-endian arm64"), (183, false, false, "arm64 with 32-bit pointers"),
            (3, false, false, "i386"), (40, false, false, "32-bit arm"), (40, false, true, "32-bit armeb"),
            (8, false, true, "mips"), (8, false, false, "mipsel"), (8, true, true, "mips64"),
            (8, true, false, "mips64el"), (20, false, true, "ppc"), (21, true, true, "ppc64"),
            (21, true, false, "ppc64le"), (22, false, true, "s390"), (22, true, true, "s390x"),
            (43, true, true, "sparc64"), (243, false, false, "riscv32"), (243, true, false, "riscv64"),
            (258, true, false, "loongarch64"), (258, false, false, "loongarch32"),
            (0xBEEF, true, true, "a processor that ELF numbers 48879"),
        ] as [(UInt16, Bool, Bool, String)])
    func architectures(machine: UInt16, is64Bit: Bool, isBigEndian: Bool, name: String) throws {
        let bytes = Self.elf(machine: machine, is64Bit: is64Bit, isBigEndian: isBigEndian)
        try bytes.withByteView { bytes in
            let header = try #require(ELFHeader(bytes))
            #expect(header.architecture == name && header.kind == .executable)
            let table = header.programHeaders
            #expect(table == (is64Bit ? 64..<120 : 52..<84))
            let place = header.loaderPath(in: bytes[Int(table.lowerBound)..<Int(table.upperBound)])
            #expect(place.map { bytes[Int($0.lowerBound)..<Int($0.upperBound)].string } == "/loader")
        }
    }

    @Test(arguments: [true, false], [true, false])
    func aHeadThatEndsTooEarlyIsNone(is64Bit: Bool, isBigEndian: Bool) {
        let bytes = Self.elf(machine: 62, is64Bit: is64Bit, isBigEndian: isBigEndian)
        let size = is64Bit ? 64 : 52
        for count in 0...bytes.count {
            Array(bytes[..<count]).withByteView { start in
                #expect((ELFHeader(start) != nil) == (count >= size))
                let fault = ExecutableFault.ofContent(start)
                if 4..<size ~= count { #expect(fault == "is an ELF file whose end is missing") }
            }
        }
    }

    /// Bytes of a head that are changed, and whether it is still one, and still has a table that names a loader.
    @Test(
        arguments: [
            (4, [0], false, false), (4, [3], false, false), (5, [0], false, false), (5, [3], false, false),
            // Where the table is, how long its entries are, and how many there are.
            (32, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], true, false), (54, [32], true, false),
            (54, [0], true, false), (56, [0], true, false), (56, [0xFF, 0xFF], true, false),
            // The kind of the entry; where the path is, and how long.
            (64, [1], true, false), (72, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], true, false),
            (96, [0], true, false), (96, [1], true, false), (96, [0xFF, 0xFF], true, false), (96, [3], true, true),
        ] as [(Int, [UInt8], Bool, Bool)])
    func headsWithOddNumbers(at offset: Int, written: [UInt8], isHead: Bool, hasLoader: Bool) {
        var bytes = Self.elf(machine: 62)
        bytes.replaceSubrange(offset..<offset + written.count, with: written)
        bytes.withByteView { bytes in
            let header = ELFHeader(bytes)
            #expect((header != nil) == isHead)
            guard let table = header?.programHeaders else { return }
            #expect(table.isEmpty || table == 64..<120)
            #expect((header?.loaderPath(in: table.isEmpty ? "" : bytes[64..<120]) != nil) == hasLoader)
        }
    }

    // MARK: Scripts

    @Test(
        arguments: [
            ("#!/bin/sh\necho", "/bin/sh"), ("#! \t/bin/sh -e\n", "/bin/sh"), ("#!/bin/sh\t-e", "/bin/sh"),
            ("#!/bin/sh", "/bin/sh"), ("#!python3\n", "python3"), ("#!/bin/sh\r\n", "/bin/sh\r"), ("#!", ""),
            ("#!\n/bin/sh", ""), ("#!  \n", ""),
            ("#!" + String(repeating: "x", count: 253) + "\n", String(repeating: "x", count: 253)),
            ("#!" + String(repeating: "x", count: 254) + "\n", nil),
        ] as [(String, String?)])
    func interpreters(text: String, interpreter: String?) throws {
        let script = try #require(text.withByteView { Script($0) })
        #expect(script.interpreter == interpreter)
    }

    @Test(arguments: ["", "#", "# !/bin/sh", "!#/bin/sh", " #!/bin/sh"])
    func noScripts(text: String) { #expect(text.withByteView { Script($0) } == nil) }

    // MARK: Files

    private static let here: UInt16 = {
        #if arch(x86_64)
        62
        #else
        183
        #endif
    }()
    private static let (own, other) = here == 62 ? ("x86_64", "arm64") : ("arm64", "x86_64")
    private static let foreign = elf(machine: here == 62 ? 183 : 62)

    /// The files of a folder, and what is wrong with each; `@` stands for the folder.
    private static let files: [(name: String, content: [UInt8], fault: String)] = [
        ("empty", [], "is empty"),
        ("text", Array("echo ä\t1\r\n".utf8), "is text, and does not begin with #! and an interpreter"),
        (
            "marked", [0xEF, 0xBB, 0xBF] + Array("#!/bin/sh\n".utf8),
            "begins with a byte order mark, where #! should stand"
        ),
        ("random", [1, 2, 3], "is neither an ELF file nor a script"),
        ("mac", [0xCF, 0xFA, 0xED, 0xFE, 7, 0, 0, 1], "is for macOS, not for Linux"),
        ("macs", [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 2], "is for macOS, not for Linux"),
        ("windows", Array("MZ\u{90}".utf8), "is for Windows, not for Linux"),
        ("foreign", foreign, "is for \(other), this machine is \(own)"),
        ("cut", Array(foreign[..<40]), "is an ELF file whose end is missing"),
        ("object", elf(machine: here, kind: 1), "is an object file, not yet linked to a program"),
        ("core", elf(machine: here, kind: 4), "is a core dump"),
        ("odd", elf(machine: here, kind: 9), "is an ELF file, but no program"),
        ("none", Array("#! \n".utf8), "names no interpreter after #!"),
        (
            "long", Array("#!/\(String(repeating: "x", count: 256))\n".utf8),
            "names an interpreter too long for the kernel"
        ),
        ("script", Array("#!/no/such -x\n".utf8), "needs the interpreter /no/such: No such file or directory"),
        (
            "lines", Array("#!/bin/sh\r\n".utf8),
            "needs the interpreter /bin/sh\\r (its lines end in CR LF): No such file or directory"
        ),
        ("relative", Array("#!python3\n".utf8), "needs the interpreter python3: No such file or directory"),
        ("beside", Array("#!empty\n".utf8), "needs the interpreter empty, which is empty"),
        ("folders", Array("#!/\n".utf8), "needs the interpreter /, which is a folder"),
        (
            "twice", Array("#!foreign\n".utf8),
            "needs the interpreter foreign, which is for \(other), this machine is \(own)"
        ),
        (
            "loader", elf(machine: here, loader: "/no/such"),
            "needs the dynamic loader /no/such: No such file or directory"
        ),
        (
            "bad", elf(machine: here, loader: "foreign"),
            "needs the dynamic loader foreign, which is for \(other), this machine is \(own)"
        ),
    ]

    /// Writes the files, by another process, so that no descriptor for writing is open while they are executed.
    private func write(to folder: TemporaryFolder) throws {
        for (name, content, _) in Self.files {
            let escaped = content.map { "\\" + String(Int($0) + 0o1000, radix: 8).suffix(3) }.joined()
            let process = try Process.run(
                URL(fileURLWithPath: "/bin/sh"),
                arguments: ["-c", "printf '\(escaped)' >\(folder.path(of: name)); chmod 755 \(folder.path(of: name))"])
            process.waitUntilExit()
        }
    }

    /// The kernel refuses each, and the words say why.
    @Test func whatTheKernelRefusesIsNamed() throws {
        let folder = try TemporaryFolder()
        try write(to: folder)
        for (name, _, fault) in Self.files {
            let path = folder.path(of: name)
            var program = Spawn([path])
            program.directory = folder.path
            let error = #expect(throws: Errno.self) { try program.start() }
            #expect(ExecutableFault.text(of: path, in: folder.path, after: try #require(error)) == "\(path) \(fault)")
        }
    }

    @Test func whatIsNoFileToBeExecutedIsNamed() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("#!/bin/sh\n", to: "file")
        for (path, fault) in [
            (folder.path, " is a folder"), ("/dev/null", " is no file"),
            (file, " is not executable (chmod +x would make it so)"),
        ] {
            #expect(ExecutableFault.text(of: path, in: "/", after: .permissionDenied) == path + fault)
        }
        // There is nothing to be found out, and nothing to be found wrong.
        for (path, error, text) in [
            (folder.path(of: "none"), Errno.noSuchFile, "No such file or directory"),
            ("/bin/sh", .noMemory, "Cannot allocate memory"), ("/bin/sh", .permissionDenied, "Permission denied"),
        ] { #expect(ExecutableFault.text(of: path, in: "/", after: error) == "\(path): \(text)") }
    }

    /// Many kernels execute both, and miss only what the latter needs.
    @Test func whatElseThisMachineExecutesIsNotBlamed() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "old")
        try Data(Self.elf(machine: 3, is64Bit: false, loader: "/no/such")).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o755)
        let text = ExecutableFault.text(of: path, in: "/", after: .noSuchFile)
        #expect(text == "\(path) needs the dynamic loader /no/such: No such file or directory")
    }

    /// Interpreters of interpreters are followed only as far as the kernel follows them.
    @Test func aCircleOfInterpretersEnds() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("#!circle\n", to: "circle")
        chmod(file, 0o755)
        let text = ExecutableFault.text(of: file, in: folder.path, after: Errno(rawValue: ENOEXEC))
        #expect(text == "\(file): Exec format error")
    }
}
