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
        guard let process = processID(pid) else { throw .invalidPID }
        guard process == own else { return nil }
        guard let number = socketCount(count) else { throw .invalidCount }
        guard number > 0 else { return nil }
        if let names, nameCount(names) != number { throw .wrongNames }
        return ListenVariables(count: number, names: names?.array)
    }

    /// Reads the values as ``parse(pid:count:names:own:)`` does, and tells every fault where that throws the first one.
    ///
    /// - Parameters:
    ///   - pid: the value of `LISTEN_PID`.
    ///   - count: the value of `LISTEN_FDS`.
    ///   - names: the value of `LISTEN_FDNAMES`.
    ///   - own: the number of this process.
    ///   - tell: called with a line for each fault. Sockets that were passed to another process count as one: a shell that
    ///     starts this program without `exec` keeps them from it.
    /// - Returns: nil when there are no sockets to be had. Names that do not fit leave them without any.
    public static func read(
        pid: ByteView?, count: ByteView?, names: ByteView?, own: Int32, tell: (ByteView) -> Void
    ) -> ListenVariables? {
        guard let pid, let count else { return nil }
        let (process, number) = (processID(pid), socketCount(count))
        if process == nil { tell(ByteView(Fault.invalidPID.message)) }
        if let process, process != own {
            var line = Buffer()
            line.append("LISTEN_PID names the process ")
            line.append(decimal: UInt64(process))
            line.append(", and not this one, ")
            line.append(decimal: UInt64(own))
            line.append(": its sockets are left alone")
            tell(line.readable)
            return nil
        }
        if number == nil { tell(ByteView(Fault.invalidCount.message)) }
        guard process != nil, let number, number > 0 else { return nil }
        guard let names, nameCount(names) != number else {
            return ListenVariables(count: number, names: names?.array)
        }
        tell(ByteView(Fault.wrongNames.message))
        return ListenVariables(count: number, names: nil)
    }

    private static func processID(_ text: ByteView) -> Int32? {
        guard let number = text.decimal, number > 0 else { return nil }
        return Int32(exactly: number)
    }

    private static func socketCount(_ text: ByteView) -> Int? {
        guard let number = text.decimal, number <= 1_024 else { return nil }
        return Int(number)
    }

    /// The name of a socket, `FileDescriptorName=` of its unit; empty where none is known.
    public func name(of index: Int) -> [UInt8] {
        precondition(index >= 0 && index < count, "no such socket")
        guard let names else { return [] }
        var start = 0
        for _ in 0..<index { start = (names[start...].firstIndex(of: Self.colon) ?? names.count) + 1 }
        return Array(names[start..<(names[start...].firstIndex(of: Self.colon) ?? names.count)])
    }

    private static func nameCount(_ names: ByteView) -> Int {
        var count = 1
        for index in 0..<names.count where names[index] == colon { count += 1 }
        return count
    }

    private static var colon: UInt8 { UInt8(ascii: ":") }
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

    /// Reads this process's variables; see ``read(pid:count:names:own:tell:)``.
    public static func fromEnvironment(tell: (ByteView) -> Void) -> ListenVariables? {
        read(
            pid: ProcessEnvironment.value(of: "LISTEN_PID"), count: ProcessEnvironment.value(of: "LISTEN_FDS"),
            names: ProcessEnvironment.value(of: "LISTEN_FDNAMES"), own: getpid(), tell: tell)
    }
}
