/// The events an extension asks to be told of.
public struct SubscribedEvents: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// Events of bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Every invocation. Not to be had on Managed Instances.
    public static var invoke: SubscribedEvents { SubscribedEvents(rawValue: 1) }
    /// The end of the environment. Not to be had by internal extensions.
    public static var shutdown: SubscribedEvents { SubscribedEvents(rawValue: 2) }

    func append(to buffer: inout Buffer) {
        buffer.appendJSONObject { object in
            object.array("events") { array in
                if contains(.invoke) { array.element("INVOKE") }
                if contains(.shutdown) { array.element("SHUTDOWN") }
            }
        }
    }
}

/// What the service says of the function when an extension registers.
///
/// Texts are views of the answer, valid during the completion's call only, and nil where the service says nothing.
public struct Registration {
    /// The function's name.
    public private(set) var functionName: JSONText?
    /// Its version, such as `$LATEST`.
    public private(set) var functionVersion: JSONText?
    /// Its handler setting.
    public private(set) var handler: JSONText?
    /// The account's number, where it was asked for and the platform has it.
    public private(set) var accountID: JSONText?

    init(_ body: ByteView) {
        var reader = JSONReader(body)
        do {
            guard try reader.entersObject() else { return }
            while case .key(let key) = try reader.next() {
                let text = try reader.nextText()
                if key == "functionName" { functionName = text }
                if key == "functionVersion" { functionVersion = text }
                if key == "handler" { handler = text }
                if key == "accountId" { accountID = text }
            }
        } catch {}
    }
}
