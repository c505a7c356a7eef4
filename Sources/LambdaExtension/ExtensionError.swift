/// A call of the Extensions API that failed.
public struct ExtensionError: Error, Sendable {
    /// The calls there are.
    public enum Call: Sendable {
        /// `POST /register`
        case register
        /// `GET /event/next`
        case next
        /// `PUT /telemetry`
        case subscribe
        /// `POST /init/error`
        case initError
        /// `POST /exit/error`
        case exitError

        /// The call's name in the service's paths.
        public var name: StaticString {
            switch self {
            case .register: "register"
            case .next: "event/next"
            case .subscribe: "telemetry"
            case .initError: "init/error"
            case .exitError: "exit/error"
            }
        }
    }

    /// The call that failed.
    public let call: Call
    /// The way in which it failed.
    public let fault: APIFault

    /// A failure of a call.
    package init(call: Call, fault: APIFault) {
        self.call = call
        self.fault = fault
    }

    /// Appends the error in one line: `Extensions API register answered 403 Extension.InvalidExtensionName: ...`.
    public func append(to buffer: inout Buffer) {
        buffer.append("Extensions API ")
        buffer.append(ByteView(call.name))
        buffer.append(" ")
        fault.append(to: &buffer)
    }
}

extension ExtensionError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        var buffer = Buffer()
        append(to: &buffer)
        return buffer.readable.string
    }
}
