import Systemd
import Testing

@Suite struct ListenVariablesTests {
    /// The expected outcome: the names, nothing at all, or a fault.
    enum Outcome: Equatable {
        case names([String])
        case nothing
        case fault(ListenVariables.Fault)
    }

    private static let variables: [(String?, String?, String?, Outcome)] = [
        (nil, nil, nil, .nothing), ("42", nil, nil, .nothing), (nil, "1", nil, .nothing),
        ("42", "0", nil, .nothing),
        ("41", "1", nil, .nothing), ("41", "nonsense", nil, .nothing), ("42", "1", nil, .names([""])),
        ("42", "2", "a:b", .names(["a", "b"])), ("42", "3", "::c", .names(["", "", "c"])),
        ("42", "1", "", .names([""])),
        ("42", "1", "a:b", .fault(.wrongNames)), ("42", "2", "a", .fault(.wrongNames)),
        ("42", "x", nil, .fault(.invalidCount)), ("42", "-1", nil, .fault(.invalidCount)),
        ("42", "1025", nil, .fault(.invalidCount)), ("0", "1", nil, .fault(.invalidPID)),
        ("me", "1", nil, .fault(.invalidPID)), ("99999999999", "1", nil, .fault(.invalidPID)),
    ]

    /// Every fault is told, and what can be had all the same is.
    @Test(
        arguments: [
            (nil, nil, nil, nil, []), ("42", "1", nil, [""], []), ("42", "2", "a:b", ["a", "b"], []),
            ("42", "0", "a:b", nil, []),
            ("me", "x", nil, nil, ["LISTEN_PID is no process id", "LISTEN_FDS is no number from 0 to 1024"]),
            ("me", "1", nil, nil, ["LISTEN_PID is no process id"]),
            ("42", "x", "a:b", nil, ["LISTEN_FDS is no number from 0 to 1024"]),
            ("42", "2", "a", ["", ""], ["LISTEN_FDNAMES does not name every socket"]),
            (
                "41", "x", nil, nil,
                ["LISTEN_PID names the process 41, and not this one, 42: its sockets are left alone"]
            ),
        ] as [(String?, String?, String?, [String]?, [String])])
    func everyFaultIsTold(pid: String?, count: String?, names: String?, found: [String]?, faults: [String]) {
        let (pid, count, names) = (Bytes(pid), Bytes(count), Bytes(names))
        var lines: [String] = []
        let variables = ListenVariables.read(pid: pid.view, count: count.view, names: names.view, own: 42) {
            lines.append($0.string)
        }
        #expect(lines == faults)
        let read = variables.map { it in (0..<it.count).map { String(decoding: it.name(of: $0), as: UTF8.self) } }
        #expect(read == found)
    }

    @Test(arguments: variables)
    func areReadAsTheyAreMeant(_ pid: String?, _ count: String?, _ names: String?, _ outcome: Outcome) {
        let (pid, count, names) = (Bytes(pid), Bytes(count), Bytes(names))
        var found = Outcome.nothing
        do throws(ListenVariables.Fault) {
            let variables = try ListenVariables.parse(pid: pid.view, count: count.view, names: names.view, own: 42)
            if let variables {
                found = .names((0..<variables.count).map { String(decoding: variables.name(of: $0), as: UTF8.self) })
            }
        } catch {
            found = .fault(error)
        }
        #expect(found == outcome)
    }
}
