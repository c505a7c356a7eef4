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
