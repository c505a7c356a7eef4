import Bytes
import CLinux

/// The environment variables the process was started with.
public enum ProcessEnvironment {
    /// The value of a variable; nil when it is not set or empty. Valid until that variable is changed.
    public static func value(of name: StaticString) -> ByteView? {
        let value = name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount + 1) {
            getenv($0)
        }
        guard let value, value.pointee != 0 else { return nil }
        return ByteView(endingWithZero: value)
    }
}
