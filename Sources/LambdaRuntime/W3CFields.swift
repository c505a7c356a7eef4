import LambdaAPI

extension LambdaContext {
    /// The place of an invocation in a trace, in the words of the W3C's "Trace Context" and "Baggage".
    ///
    /// They are the caller's, as they came: nothing of them was checked.
    public struct W3CFields: Equatable, Sendable {
        /// The trace and the calling span, as in `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.
        public var traceparent: String?
        /// The additions of tracing systems to that.
        public var tracestate: String?
        /// Properties of the caller's own.
        public var baggage: String?

        /// The given fields.
        public init(traceparent: String? = nil, tracestate: String? = nil, baggage: String? = nil) {
            self.traceparent = traceparent
            self.tracestate = tracestate
            self.baggage = baggage
        }
    }

    /// The trace context that the client context carries as `w3c`; nil where there is none, and where the client context is
    /// not JSON.
    ///
    /// Read anew at each call: who needs it more than once keeps it.
    public var w3c: W3CFields? {
        clientContext?.withByteView { text in
            // A malformed context is the caller's affair, and no reason for the invocation to fail.
            do throws(JSONError) { return try W3CFields(clientContext: text) } catch { return nil }
        }
    }
}

extension LambdaContext.W3CFields {
    /// Reads `{"w3c":{"traceparent":"..."}}`; nil where that has none of the fields as a string. Of members that repeat the
    /// last one counts.
    fileprivate init?(clientContext text: ByteView) throws(JSONError) {
        var fields = Self()
        var reader = JSONReader(text)
        guard try reader.entersObject() else { return nil }
        while case .key(let key) = try reader.next() {
            if key == "w3c" {
                fields = try Self(reading: &reader)
            } else {
                try reader.skipValue()
            }
        }
        // Nothing may follow.
        _ = try reader.next()
        guard fields != Self() else { return nil }
        self = fields
    }

    private init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        guard try reader.entersObject() else { return }
        while case .key(let key) = try reader.next() {
            let text = try reader.nextText()?.string
            if key == "traceparent" { traceparent = text }
            if key == "tracestate" { tracestate = text }
            if key == "baggage" { baggage = text }
        }
    }
}
