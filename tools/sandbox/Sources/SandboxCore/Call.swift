/// A request to one of the APIs that waits for its answer.
package struct Call: Hashable, Sendable {
    /// Given by whoever took the request; never used twice.
    package var id: UInt64

    package init(id: UInt64) { self.id = id }
}

/// A request to the Runtime API, already read.
package enum RuntimeCall: Sendable {
    /// `GET /invocation/next`
    case next
    /// The head of `POST /invocation/{id}/response` for a body that comes as it is made; ``response(id:invocationID:_:)`` follows as
    /// the same call when it is complete.
    case responding(id: String, invocationID: String? = nil)
    /// `POST /invocation/{id}/response`
    ///
    /// The invocation id is that of `Lambda-Runtime-Invocation-Id`, nil for none.
    case response(id: String, invocationID: String? = nil, FunctionResponse)
    /// `POST /invocation/{id}/error`
    case error(id: String, invocationID: String? = nil, type: String, body: [UInt8])
    /// `POST /init/error`
    case initError(type: String, body: [UInt8])
    /// `GET /restore/next`
    case restoreNext
    /// `POST /restore/error`
    case restoreError(type: String, body: [UInt8])
}

/// The response that the function posted.
package struct FunctionResponse: Sendable {
    /// The mode in which the function said it would send the response.
    package enum Mode: Equatable, Sendable {
        /// At once; no mode was named.
        case buffered
        /// As it is made, with an error in the trailers if it broke off.
        case streaming
        /// A value that does not exist.
        case unknown
    }

    /// The bytes for the caller.
    package var body: [UInt8]
    /// Their media type; empty for none.
    package var contentType: String
    /// The mode it was sent in.
    package var mode: Mode
    /// The error type of a stream that broke off.
    package var trailingErrorType: String?

    package init(
        body: [UInt8] = [], contentType: String = "application/json", mode: Mode = .buffered,
        trailingErrorType: String? = nil
    ) {
        self.body = body
        self.contentType = contentType
        self.mode = mode
        self.trailingErrorType = trailingErrorType
    }
}

/// A request to the Extensions API, already read.
package enum ExtensionCall: Sendable {
    /// `POST /register`; the events are nil when the body was not the JSON it should be.
    case register(name: String?, events: [String]?, wantsAccountID: Bool)
    /// `GET /event/next`
    case next(identifier: String?)
    /// `POST /init/error`
    case initError(identifier: String?, type: String?)
    /// `POST /exit/error`
    case exitError(identifier: String?, type: String?)
    /// `PUT /telemetry`; the request is nil when the body was not the JSON it should be.
    case subscribe(identifier: String?, TelemetryRequest?)
    /// `PUT /logs`, which is not played; the service is named in the answer.
    case subscribeElsewhere(identifier: String?, service: String)
}

/// The events that an extension can register for.
package struct ExtensionEvents: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    /// The events of these bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The start of each invocation.
    package static let invoke = ExtensionEvents(rawValue: 1)
    /// The end of the environment.
    package static let shutdown = ExtensionEvents(rawValue: 2)

    /// Their names, in the API's spelling.
    package var names: [String] {
        (contains(.invoke) ? ["INVOKE"] : []) + (contains(.shutdown) ? ["SHUTDOWN"] : [])
    }
}
