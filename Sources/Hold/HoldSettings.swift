import Bytes
import LambdaAPI
import Reactor

/// The settings that layer and SDK both read: their variables, what each may hold, and what counts where one is not set.
package enum HoldSettings {
    /// The variable that says where the extension listens.
    package static var address: StaticString { "POSTINVOKE_ADDRESS" }
    /// The variable that says how many milliseconds before its deadline a hold ends.
    package static var deadlineMargin: StaticString { "POSTINVOKE_DEADLINE_MARGIN_MS" }
    /// The variable that says how many milliseconds a hold may last.
    package static var maximumHold: StaticString { "POSTINVOKE_MAX_HOLD_MS" }

    /// Reads one address, or several with commas between.
    ///
    /// - Parameters:
    ///   - text: the variable's value; nil stands for the default.
    ///   - take: called with each address and its text, in their order.
    package static func readAddresses(
        _ text: ByteView?, _ take: (SocketAddress, ByteView) -> Void
    ) throws(SettingError) {
        let text = text ?? "127.0.0.1:1339"
        var rest = text
        while true {
            let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.count
            var fault: StaticString? = "is no port on loopback"
            do {
                let address = try SocketAddress.parse(rest[0..<end])
                if address.isLoopback, address.port != 0 {
                    take(address, rest[0..<end])
                    fault = nil
                }
            } catch {
                fault = error.message
            }
            if let fault {
                throw SettingError(
                    variable: address, value: text, fault: fault,
                    allowed: """
                        host:port on loopback, such as 127.0.0.1:1339 or [::1]:1339, unix:@name, \
                        or several with commas between
                        """)
            }
            guard end < rest.count else { return }
            rest = rest.dropFirst(end + 1)
        }
    }

    /// Reads for how long invocations may be held.
    ///
    /// - Parameters:
    ///   - margin: the value of ``deadlineMargin``; nil for the policy's own.
    ///   - longest: the value of ``maximumHold``; nil leaves it to the deadline.
    package static func policy(
        deadlineMargin margin: ByteView?, maximumHold longest: ByteView?
    ) throws(SettingError) -> HoldPolicy.Settings {
        var settings = HoldPolicy.Settings()
        if let margin = try nanoseconds(margin, of: deadlineMargin, from: 0) { settings.deadlineMargin = margin }
        settings.maximumHold = try nanoseconds(longest, of: maximumHold, from: 1)
        return settings
    }

    private static func nanoseconds(
        _ text: ByteView?, of variable: StaticString, from lowest: UInt64
    ) throws(SettingError) -> Int64? {
        guard let text else { return nil }
        // Lambda's longest timeout is 15 minutes; a day leaves room for whatever comes.
        guard let milliseconds = text.decimal, milliseconds >= lowest, milliseconds <= 86_400_000 else {
            throw SettingError(
                variable: variable, value: text, fault: SettingError.faultOfNumber(text),
                allowed: lowest == 0
                    ? "a whole number of milliseconds from 0 to 86400000"
                    : "a whole number of milliseconds from 1 to 86400000")
        }
        return Int64(milliseconds) * 1_000_000
    }
}
