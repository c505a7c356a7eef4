extension ExtensionEventView {
    /// Reads the body of an answer to Next; unknown members are passed over.
    ///
    /// - Parameter id: the event's identifier, which comes in the head.
    ///
    /// - Throws: ``APIFault/malformed(_:)`` when the body is no JSON object or lacks a member that its kind needs.
    package static func parse(_ body: ByteView, id: ByteView? = nil) throws(APIFault) -> ExtensionEventView {
        var members = Members()
        do {
            try members.read(body)
        } catch {
            throw .malformed("a JSON object")
        }
        guard let kind = members.kind else { throw .malformed("an eventType") }
        if kind == "INVOKE" {
            guard let requestID = members.requestID else { throw .malformed("a requestId") }
            guard let deadline = members.deadline else { throw .malformed("a deadlineMs") }
            return .invoke(
                InvokeEvent(identifier: id, requestID: requestID, deadline: deadline, body: body))
        }
        if kind == "SHUTDOWN" {
            // However much else is missing, a shutdown is a shutdown.
            return .shutdown(ShutdownEvent(deadline: members.deadline ?? 0, reason: members.shutdownReason))
        }
        return .unknown(kind)
    }

    /// The members that describe an event, as far as they are there.
    private struct Members {
        var kind: JSONText?
        var requestID: JSONText?
        var deadline: Int64?
        var shutdownReason: JSONText?

        mutating func read(_ body: ByteView) throws(JSONError) {
            var reader = JSONReader(body)
            guard try reader.entersObject() else { return }
            while case .key(let key) = try reader.next() {
                if key == "eventType" {
                    kind = try reader.nextText()
                } else if key == "requestId" {
                    requestID = try reader.nextText()
                } else if key == "deadlineMs" {
                    deadline = try reader.nextInteger()
                } else if key == "shutdownReason" {
                    shutdownReason = try reader.nextText()
                } else {
                    try reader.skipValue()
                }
            }
            _ = try reader.next()
        }
    }
}
