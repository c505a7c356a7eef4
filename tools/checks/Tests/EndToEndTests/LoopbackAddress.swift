import Foundation
import Synchronization

/// An address of this machine for one extension: `127.x.y.z:1339`.
///
/// Linux answers on all of 127.0.0.0/8. Each run of the tests has a network by its process id, each sandbox a host in it,
/// so that nothing collides and no port has to be found free first.
struct LoopbackAddress: CustomStringConvertible {
    let host: String
    let port: UInt16 = 1339

    var description: String { "\(host):\(port)" }

    /// One that was not handed out before.
    static func unused() -> LoopbackAddress {
        let number = count.add(1, ordering: .relaxed).newValue
        precondition(number < 255, "more sandboxes than addresses")
        let pid = getpid()
        return LoopbackAddress(host: "127.\(1 + pid >> 8 & 0x7F).\(pid & 0xFF).\(number)")
    }

    private static let count = Atomic<Int>(0)
}
