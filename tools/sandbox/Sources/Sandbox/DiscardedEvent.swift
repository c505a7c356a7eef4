/// An event that nothing more is done about although it did not succeed.
package struct DiscardedEvent {
    package let invocation: Invocation
    package let condition: DiscardCondition
    package let attempts: Int
    /// That of the last attempt; nil if there was none.
    package let outcome: Outcome?

    package init(invocation: Invocation, condition: DiscardCondition, attempts: Int, outcome: Outcome?) {
        self.invocation = invocation
        self.condition = condition
        self.attempts = attempts
        self.outcome = outcome
    }

    /// The record that Lambda sends to a destination for failed events ("Capturing records of Lambda asynchronous
    /// invocations"), in one line.
    ///
    /// - Parameter wall: the time, in milliseconds since 1970.
    package func record(of settings: Settings, at wall: Int64) -> [UInt8] {
        let qualifier = invocation.qualifier.isEmpty ? Settings.version : invocation.qualifier
        var fields: [JSONValue.Field] = [
            ("version", .string("1.0")),
            ("timestamp", .string(Timestamp.iso8601(milliseconds: wall))),
            (
                "requestContext",
                .object([
                    ("requestId", .string(invocation.id)),
                    ("functionArn", .string(settings.functionARN(of: invocation.functionName, qualifier: qualifier))),
                    ("condition", .string(condition.rawValue)),
                    ("approximateInvokeCount", .integer(Int64(attempts))),
                ])
            ),
        ]
        let body = outcome?.body(for: invocation.id)
        return Self.inOneLine(invocation.payload).withByteView { payload in
            Self.inOneLine(body ?? []).withByteView { line in
                fields.append(("requestPayload", .verbatim(payload)))
                if let body {
                    fields.append(
                        (
                            "responseContext",
                            .object([
                                ("statusCode", .integer(200)), ("executedVersion", .string(Settings.version)),
                                ("functionError", .string("Unhandled")),
                            ])
                        ))
                    // A function may answer what is no JSON.
                    let isJSON = JSONFault(in: line) == nil
                    fields.append(
                        ("responsePayload", isJSON ? .verbatim(line) : .string(String(decoding: body, as: UTF8.self))))
                }
                return JSONValue.bytes(of: fields)
            }
        }
    }

    /// JSON in one line: a line feed in it can only be white space.
    private static func inOneLine(_ json: [UInt8]) -> [UInt8] {
        json.map { $0 == ASCII.lineFeed || $0 == ASCII.carriageReturn ? ASCII.space : $0 }
    }
}
