import CLinux
import Reactor

/// The environment's variables about sockets that the service manager passed on (sd_listen_fds(3)). Pure.
public struct ListenVariables: Sendable {
    /// A fault of the variables.
    public enum Fault: Error, Equatable, Sendable {
        /// `LISTEN_PID` is no process id.
        case invalidPID
        /// `LISTEN_FDS` is no number from 0 to 1024.
        case invalidCount
        /// `LISTEN_FDNAMES` has more or fewer names than there are sockets.
        case wrongNames

        /// The fault in words.
        public var message: StaticString {
            switch self {
            case .invalidPID: "LISTEN_PID is no process id"
            case .invalidCount: "LISTEN_FDS is no number from 0 to 1024"
            case .wrongNames: "LISTEN_FDNAMES does not name every socket"
            }
        }
    }

    /// The first descriptor, of those that follow each other.
    public static var firstDescriptor: Int32 { 3 }

    /// The number of sockets.
    public let count: Int
    private let names: [UInt8]?

    /// Reads the values; nil stands for a variable that is not set.
    ///
    /// - Parameters:
    ///   - pid: the value of `LISTEN_PID`, the process that the sockets are for.
    ///   - count: the value of `LISTEN_FDS`.
    ///   - names: the value of `LISTEN_FDNAMES`, with a colon between two names.
    ///   - own: the number of this process.
    /// - Returns: nil when nothing was passed to this process: `LISTEN_PID` names another one, an ancestor perhaps, that
    ///   left its variables behind.
    /// - Throws: ``Fault/invalidPID`` or ``Fault/invalidCount`` for a value that is no such number,
    ///   ``Fault/wrongNames`` when there are more or fewer names than sockets. With `pid` of another process the others
    ///   are not looked at.
    public static func parse(
        pid: ByteView?, count: ByteView?, names: ByteView?, own: Int32
    ) throws(Fault) -> ListenVariables? {
        guard let pid, let count else { return nil }
        guard let process = pid.decimal, process > 0, process <= UInt64(Int32.max) else { throw .invalidPID }
        guard process == UInt64(own) else { return nil }
        guard let number = count.decimal, number <= 1_024 else { throw .invalidCount }
        guard number > 0 else { return nil }
        let variables = ListenVariables(count: Int(number), names: names?.array)
        if let names, variables.nameCount(names) != variables.count { throw .wrongNames }
        return variables
    }

    /// The name of a socket, `FileDescriptorName=` of its unit; empty where none is known.
    public func name(of index: Int) -> [UInt8] {
        precondition(index >= 0 && index < count, "no such socket")
        guard let names else { return [] }
        var start = 0
        for _ in 0..<index { start = (names[start...].firstIndex(of: colon) ?? names.count) + 1 }
        return Array(names[start..<(names[start...].firstIndex(of: colon) ?? names.count)])
    }

    private func nameCount(_ names: ByteView) -> Int {
        var count = 1
        for index in 0..<names.count where names[index] == colon { count += 1 }
        return count
    }

    private var colon: UInt8 { UInt8(ascii: ":") }
}

extension ListenVariables {
    /// Reads this process's variables; see ``parse(pid:count:names:own:)``.
    ///
    /// - Throws: the ``Fault`` of ``parse(pid:count:names:own:)``.
    public static func fromEnvironment() throws(Fault) -> ListenVariables? {
        try parse(
            pid: ProcessEnvironment.value(of: "LISTEN_PID"), count: ProcessEnvironment.value(of: "LISTEN_FDS"),
            names: ProcessEnvironment.value(of: "LISTEN_FDNAMES"), own: getpid())
    }
}
