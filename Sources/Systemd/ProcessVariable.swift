import CLinux
import Reactor

/// The variables that the service manager gives to this process.
enum ProcessVariable {
    /// A variable's value; nil when it is not set or empty. Valid until that variable is changed.
    static func value(of name: StaticString) -> ByteView? {
        let value = name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount + 1) {
            getenv($0)
        }
        guard let value, value.pointee != 0 else { return nil }
        return ByteView(start: UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self), count: strlen(value))
    }
}
