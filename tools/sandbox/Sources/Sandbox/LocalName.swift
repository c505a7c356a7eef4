import Processes

/// The name under which Lambda's processes listen for telemetry. A machine knows it by its list of hosts, if at all.
package enum LocalName {
    static let host = "sandbox.localdomain"
    /// The line that makes it known.
    static let line = "127.0.0.1 \(host)"

    package static var isKnown: Bool { isKnown(to: ProcessFiles.text("/etc/hosts")) }

    /// Returns true if a list of hosts (hosts(5)) has it.
    package static func isKnown(to hosts: String) -> Bool {
        hosts.split(whereSeparator: \.isNewline).contains { line in
            line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.dropFirst().contains { $0.lowercased() == host }
        }
    }
}
