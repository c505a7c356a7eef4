/// The answer to a waiting ``Call``.
package enum Answer: Sendable {
    /// To the runtime: an event to handle, under an id that is given once and never again, not even to the same event.
    case invocation(Invocation, invocationID: String, deadline: Moment)
    /// To the runtime: this is a copy of the snapshot, and it may go on.
    case restored
    /// To an extension: an event has gone to the runtime.
    case invoke(Invocation, deadline: Moment)
    /// To an extension: the environment ends.
    case shutdown(reason: ShutdownReason, deadline: Moment)
    /// To an extension: it is registered under this identifier.
    case registered(identifier: String, withAccountID: Bool)
    /// 202: noted.
    case accepted
    /// 200: telemetry will be sent.
    case subscribed
    /// 202, with the word that the service does not exist here.
    case notSupported(service: String)
    /// The call was wrong.
    case refused(Refusal)
}

/// The reason why an environment ends.
package enum ShutdownReason: String, Sendable {
    /// It is not needed any more.
    case spindown
    /// An invocation took too long.
    case timeout
    /// A process died.
    case failure
}

/// An error answer of the APIs.
package struct Refusal: Error, Equatable, Sendable {
    package var status: Int
    /// The `errorType` of the body.
    package var type: String
    /// The `errorMessage` of the body.
    package var message: String

    static func forbidden(_ type: String, _ message: String) -> Refusal {
        Refusal(status: 403, type: type, message: message)
    }

    package static let ofPage = forbidden(
        "AccessDenied", "Pages in browsers are not answered here: the request has an Origin or a Sec-Fetch-Site")
    static let emptyName = forbidden("Extension.InvalidExtensionName", "Empty extension name")
    static let badFormat = forbidden("InvalidRequestFormat", "The body is not a JSON object with a list of events")
    static let nameTaken = forbidden(
        "Extension.InvalidExtensionState", "An extension with this name is registered already")
    static let registrationClosed = forbidden("Extension.RegistrationClosed", "Extension registration closed already")
    static let tooManyExtensions = forbidden(
        "Extension.TooManyExtensions", "Extension limit (\(Configuration.extensionLimit)) reached")
    static let missingIdentifier = forbidden(
        "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header")
    static let invalidIdentifier = forbidden(
        "Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier")
    static let unknownIdentifier = forbidden(
        "Extension.UnknownExtensionIdentifier", "Unknown Lambda-Extension-Identifier")
    static let missingErrorType = forbidden(
        "Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found")
    static let badSubscription = Refusal(
        status: 400, type: "InvalidRequestFormat", message: "The body is not a JSON object of a subscription")
    static let subscriptionClosed = forbidden(
        "Telemetry.SubscriptionClosed", "Telemetry API subscription is closed already")
    static let unknownRequest = Refusal(status: 400, type: "InvalidRequestID", message: "Invalid request ID")
    static let invalidMode = Refusal(
        status: 400, type: "InvalidFunctionResponseMode", message: "Invalid function response mode")
    static let tooLate = Refusal(status: 410, type: "InvokeTimeout", message: "The invocation has timed out")
    static let staleInvocation = Refusal(
        status: 410, type: "InvokeTimeout", message: "The invocation id is not that of the invocation under way")
    static let tooManyWorkers = Refusal(
        status: 500, type: "InternalServerError", message: "Internal Server Error")

    static func invalidEvent(_ event: String, _ reason: String) -> Refusal {
        forbidden("Extension.InvalidEventType", "\(event): \(reason)")
    }

    static func extensionState(_ asked: String) -> Refusal {
        forbidden("Extension.InvalidExtensionState", "The extension's state does not allow \(asked)")
    }

    static func runtimeState(_ asked: String) -> Refusal {
        forbidden("InvalidStateTransition", "The runtime's state does not allow \(asked)")
    }

    static func tooLarge(_ limit: Int) -> Refusal {
        Refusal(
            status: 413, type: "RequestEntityTooLarge",
            message: "Exceeded maximum allowed payload size (\(limit) bytes).")
    }
}
