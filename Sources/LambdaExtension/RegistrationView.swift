/// The events that an extension registers for.
public struct SubscribedEvents: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// Events of bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Every invocation. Not to be had on Managed Instances.
    public static var invoke: SubscribedEvents { SubscribedEvents(rawValue: 1) }
    /// The end of the environment. Not to be had by internal extensions.
    public static var shutdown: SubscribedEvents { SubscribedEvents(rawValue: 2) }

    /// All there are.
    package static var all: SubscribedEvents { SubscribedEvents(rawValue: 3) }

    func append(to buffer: inout Buffer) {
        buffer.appendJSONObject { object in
            object.array("events") { array in
                if contains(.invoke) { array.element("INVOKE") }
                if contains(.shutdown) { array.element("SHUTDOWN") }
            }
        }
    }
}

/// The service's words about the function when an extension registers.
///
/// Texts are views of the answer, valid during the completion's call only, and nil where the service says nothing.
public struct RegistrationView {
    /// The function's name.
    public var functionName: JSONText? { JSONReader.text("functionName", of: body) }
    /// Its version, such as `$LATEST`.
    public var functionVersion: JSONText? { JSONReader.text("functionVersion", of: body) }
    /// Its handler setting.
    public var handler: JSONText? { JSONReader.text("handler", of: body) }
    /// The account's number, where it was asked for and the platform has it.
    public var accountID: JSONText? { JSONReader.text("accountId", of: body) }

    private let body: ByteView

    init(_ body: ByteView) { self.body = body }
}
