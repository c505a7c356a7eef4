import LambdaAPI

/// The texts that Lambda sends in the head of an event: one copy of their bytes, of which strings are made when somebody asks.
struct EventFields: Sendable {
    enum Name: Int {
        case requestID, invokedFunctionARN, traceID, tenantID, clientContext, cognitoIdentity, invocationID
    }

    /// Where a text lies; there is none while the count is negative.
    private struct Place {
        var start: Int32 = 0
        var count: Int32 = -1
    }

    private var bytes: [UInt8] = []
    private var places = InlineArray<7, Place>(repeating: Place())

    /// No texts.
    init() {}

    /// The texts of an event's head ("Using the Lambda runtime API", next invocation). What is empty counts as not sent; of
    /// fields with the same name the first one counts.
    init(of head: HTTPFields) {
        var values = InlineArray<7, ByteView>(repeating: .empty)
        var total = 0
        for index in 0..<head.count {
            let field = head[index]
            guard let name = Self.name(of: field.name)?.rawValue, values[name].isEmpty else { continue }
            values[name] = field.value
            total += field.value.count
        }
        bytes = [UInt8](unsafeUninitializedCapacity: total) { room, count in
            for index in values.indices where !values[index].isEmpty {
                let value = values[index]
                places[index] = Place(start: Int32(count), count: Int32(value.count))
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(room)[count...])
                    .copyMemory(from: UnsafeRawBufferPointer(start: value.start, count: value.count))
                count += value.count
            }
        }
    }

    /// Puts a text behind the others; nil leaves it out.
    mutating func append(_ name: Name, _ text: String?) {
        guard let text else { return }
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        places[name.rawValue] = Place(start: Int32(start), count: Int32(bytes.count - start))
    }

    /// The text, if there is one.
    subscript(name: Name) -> String? { withView(of: name) { $0.string } }

    /// Calls `body` with the bytes of a text, if there is one.
    func withView<Result>(of name: Name, _ body: (ByteView) -> Result) -> Result? {
        let place = places[name.rawValue]
        guard place.count >= 0 else { return nil }
        return bytes.withByteView { body($0[Int(place.start)..<Int(place.start + place.count)]) }
    }

    /// The text that a header field has: told apart by the number of their letters first, since most fields are none of these.
    private static func name(of field: ByteView) -> Name? {
        func check(_ name: StaticString, _ result: Name) -> Name? {
            field.equalsIgnoringCase(ByteView(name)) ? result : nil
        }
        switch field.count {
        case 23: return check("Lambda-Runtime-Trace-Id", .traceID)
        case 28:
            return check("Lambda-Runtime-Invocation-Id", .invocationID)
                ?? check("Lambda-Runtime-Aws-Tenant-Id", .tenantID)
        case 29:
            return check("Lambda-Runtime-Aws-Request-Id", .requestID)
                ?? check("Lambda-Runtime-Client-Context", .clientContext)
        case 31: return check("Lambda-Runtime-Cognito-Identity", .cognitoIdentity)
        case 35: return check("Lambda-Runtime-Invoked-Function-Arn", .invokedFunctionARN)
        default: return nil
        }
    }
}
