import CLinux
import Systemd
import Testing

/// In processes of their own, for the descriptors have numbers that follow each other.
@Suite struct PassedSocketsTests {
    private static let first: Int32 = 700

    /// A descriptor that is passed, and what becomes of it.
    enum Kind: CaseIterable {
        case tcp, tcp6, mapped, path, abstract, everywhere, mappedElsewhere, datagram, connected, file, closed, packet

        var refusal: PassedSockets.Refusal? {
            switch self {
            case .tcp, .tcp6, .mapped, .path, .abstract: nil
            case .everywhere, .mappedElsewhere: .notLoopback
            case .datagram: .noStream
            case .connected: .notListening
            case .file, .closed: .noSocket
            case .packet: .noStream
            }
        }

        /// Opens one as a manager would: blocking, and inherited.
        func open() -> Int32 {
            switch self {
            case .tcp: listener(.ipv4(0x7F00_0001, port: 0), AF_INET)
            case .tcp6: listener(.ipv6(0, 1, port: 0), AF_INET6)
            // IPv4 addresses, written as IPv6 ones.
            case .mapped: listener(.ipv6(0, 0xFFFF_7F00_0001, port: 0), AF_INET6)
            case .mappedElsewhere: listener(.ipv6(0, 0xFFFF_0000_0000, port: 0), AF_INET6)
            case .everywhere: listener(.ipv4(0, port: 0), AF_INET)
            case .path: listener(.unix(Array("/tmp/postinvoke-passed-\(getpid())".utf8)), AF_UNIX)
            case .abstract: listener(Manager.freeName(), AF_UNIX)
            case .datagram: socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            case .connected: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            case .packet: socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0)
            case .file: clinux_open("/dev/null", O_RDONLY, 0)
            case .closed: -1
            }
        }

        /// True if this machine has it: some have no IPv6.
        var isAvailable: Bool {
            guard [.tcp6, .mapped, .mappedElsewhere].contains(self) else { return true }
            let number = open()
            close(number)
            return number >= 0
        }

        private func listener(_ address: SocketAddress, _ family: Int32) -> Int32 {
            let number = socket(family, Int32(SOCK_STREAM.rawValue), 0)
            let bound = try? address.withKernelAddress { (kernel, length) throws(Errno) in
                clinux_bind(number, kernel, length)
            }
            guard bound == 0, listen(number, 8) == 0 else { return -1 }
            return number
        }
    }

    @Test func eachIsTakenOrRefusedAsItIs() async {
        await #expect(processExitsWith: .success) {
            let kinds = Kind.allCases.filter(\.isAvailable)
            defer { unlink("/tmp/postinvoke-passed-\(getpid())") }
            unlink("/tmp/postinvoke-passed-\(getpid())")
            for (index, kind) in kinds.enumerated() {
                let target = PassedSocketsTests.first + Int32(index)
                let number = kind.open()
                guard kind != .closed else { continue }
                try #require(number >= 0, "\(kind): \(Errno.current)")
                try #require(dup2(number, target) == target)
                close(number)
            }
            let names = Bytes(kinds.map { "\($0)" }.joined(separator: ":"))
            let variables = try #require(
                try ListenVariables.parse(
                    pid: Bytes("42").view, count: Bytes("\(kinds.count)").view, names: names.view, own: 42))
            let sockets = PassedSockets(variables, first: PassedSocketsTests.first)
            for (index, kind) in kinds.enumerated() {
                let number = PassedSocketsTests.first + Int32(index)
                #expect(String(decoding: sockets.name(of: index), as: UTF8.self) == "\(kind)")
                if kind != .closed { #expect(clinux_fcntl(number, F_GETFD, 0) == FD_CLOEXEC, "\(kind)") }
                var refusal: PassedSockets.Refusal?
                do throws(PassedSockets.Refusal) {
                    let socket = try sockets.takeListener(index)
                    #expect(clinux_fcntl(number, F_GETFL, 0) & O_NONBLOCK != 0, "\(kind)")
                    do { #expect(try socket.accept() == nil ? true : false) } catch {
                        Issue.record("\(kind): \(error)")
                    }
                } catch {
                    refusal = error
                }
                #expect(refusal == kind.refusal, "\(kind)")
                // Taken and let go, or refused: closed in either case.
                #expect(clinux_fcntl(number, F_GETFD, 0) == -1, "\(kind)")
            }
        }
    }

    @Test(arguments: [(nil, "the passed socket 701"), ("a:b", "the passed socket b"), ("a:", "the passed socket 701")])
    func eachHasAName(names: String?, text: String) throws {
        let variables = try #require(
            try ListenVariables.parse(
                pid: Bytes("42").view, count: Bytes("2").view, names: Bytes(names).view, own: 42))
        var line = Buffer()
        PassedSockets(variables, first: 700).append(1, to: &line)
        #expect(line.readable.string == text)
    }

    @Test func aServerForOthersTakesAnyAddress() async {
        await #expect(processExitsWith: .success) {
            let number = Kind.everywhere.open()
            try #require(dup2(number, PassedSocketsTests.first) == PassedSocketsTests.first)
            close(number)
            let variables = try #require(
                try ListenVariables.parse(pid: Bytes("42").view, count: Bytes("1").view, names: nil, own: 42))
            let socket = try PassedSockets(variables, first: PassedSocketsTests.first).takeListener(
                0, mayBeReachedFromOutside: true)
            #expect(try socket.localAddress()?.isLoopback == false)
        }
    }
}
