import Bytes
import CLinux
import HTTP1
import Hold
import HostProcess
import LambdaAPI
import Reactor

/// The open connection by which the extension knows this process: it holds invocations as long as the process lasts, or, where it
/// cannot watch that, the connection.
///
/// Calls that wait for an answer block their thread for a round trip over loopback, and no longer than a few timeouts. A
/// ``done(_:awaitingAnswer:)`` need not wait: the answer to it is looked at by ``settle()``, or before the next request.
package final class Session: Sendable {
    private struct State: ~Copyable {
        /// A connection that has checked in. One that is spent only keeps the session's place with the extension, and is
        /// closed when another has taken it.
        var connection: SessionConnection?
        /// The invocation whose done was sent, and whose answer nobody has read yet.
        var unsettled: String?
        var isLossReported = false
    }

    private let address: ExtensionAddress
    /// The beginning of the heads of all requests to `/done`.
    private let doneHead: [UInt8]
    private let timeout: Duration
    private let state = Mutex(State())

    /// A session that is not open yet.
    ///
    /// - Parameter timeout: the longest wait for each step of a request.
    package init(address: ExtensionAddress, timeout: Duration) {
        self.address = address
        self.timeout = timeout
        var head = Buffer()
        head.appendStart("POST", LocalProtocol.done, host: address.host)
        doneHead = head.readable.array
    }

    /// Connects and checks in.
    ///
    /// - Returns: the extension's mode; where it never holds, nobody needs to report the end of the work.
    package func open() throws(PostInvokeError) -> HoldPolicy.Mode {
        try state.withLock { (state) throws(PostInvokeError) in
            do throws(SessionConnection.Fault) {
                var connection = try SessionConnection(to: address.socket, timeout: timeout)
                let answer = try checkIn(over: &connection)
                try answer.expectSuccess()
                state.connection = consume connection
                return answer.mode
            } catch {
                if case .refused(let status) = error {
                    throw .notTheExtension(address: address.text, status: status)
                }
                throw .unreachable(address: address.text)
            }
        }
    }

    /// Tells the extension that everything an invocation has to do is done.
    ///
    /// If the first try fails, a second one is made over a new connection; the call is idempotent by the invocation's id.
    /// The old connection lasts until the new one has checked in, so that an extension that is only slow never finds itself
    /// without a session: it would then let go of the invocation it holds, and pass the next one through.
    ///
    /// If both tries fail, that is reported once, and the function goes on. The last failure decides about the connection:
    ///
    /// - The answer was only late, or this process could not ask at all: a connection stays, to keep the session's place.
    ///   The extension is there, and must hold an event that it takes meanwhile.
    /// - Anything else: no connection stays. With one the extension would hold invocations, and nobody could notify it
    ///   of their end.
    ///
    /// - Parameter awaitingAnswer: false to return as soon as the call is on its way, by the extension's page if it has passed
    ///   one and has taken what was said there before. What has become of it is then found out by ``settle()``, or at the
    ///   latest by the next call, which makes a lost one once more.
    package func done(_ requestID: String, awaitingAnswer: Bool = true) {
        state.withLock { state in
            settle(&state, waits: true)
            report(requestID, &state) { (state) throws(SessionConnection.Fault) in
                do throws(SessionConnection.Fault) {
                    try done(requestID, awaitingAnswer, &state)
                } catch {
                    try done(requestID, awaitingAnswer, &state)
                }
            }
        }
    }

    /// Looks without waiting whether the answer to a done that did not await it is there. Where the extension has refused
    /// the call, or has gone, it is made once more over a new connection, as a second try of ``done(_:awaitingAnswer:)``.
    ///
    /// Returns at once when another thread is using the session, which then looks itself.
    package func settle() {
        state.withLockIfAvailable { settle(&$0, waits: false) }
    }

    private func settle(_ state: inout State, waits: Bool) {
        if state.connection?.isInherited ?? false {
            state.connection!.disinherit()
            state.unsettled = nil
        }
        guard let requestID = state.unsettled else { return }
        do throws(SessionConnection.Fault) {
            guard try state.connection?.settles(waits: waits) ?? true else { return }
            state.unsettled = nil
            state.isLossReported = false
        } catch {
            state.unsettled = nil
            // What an extension that is only slow was told lies in its socket.
            if case .timedOut = error { return }
            report(requestID, &state) { (state) throws(SessionConnection.Fault) in
                try done(requestID, true, &state)
            }
        }
    }

    /// Makes an attempt, the last one for what it is about, and reports if it fails.
    private func report(
        _ requestID: String, _ state: inout State, _ attempt: (inout State) throws(SessionConnection.Fault) -> Void
    ) {
        do throws(SessionConnection.Fault) {
            try attempt(&state)
            // What is on its way may yet fail.
            if state.unsettled == nil { state.isLossReported = false }
        } catch {
            let isThere = error.leavesTheExtensionThere
            if !isThere { state.connection = nil }
            guard !state.isLossReported else { return }
            state.isLossReported = true
            let consequence =
                isThere ? "invocations may last until their deadlines" : "invocations are not held open any more"
            log(.error, "the extension at \(address.text) \(error); \(consequence)", requestID: requestID)
        }
    }

    /// Checks in over a new connection, in place of the one there is: that one is a snapshot's, and gone in the copies restored
    /// from it, or not, which nobody reports.
    ///
    /// Where that fails, the next call tries again and reports what it finds.
    package func renew() {
        state.withLock { state in
            // The invocation was the snapshot's.
            state.unsettled = nil
            // The extension may have given it up for the next one's, whatever becomes of that.
            state.connection?.dropPage()
            do throws(SessionConnection.Fault) {
                try renew(&state.connection)
            } catch {
                if !error.leavesTheExtensionThere { state.connection = nil }
            }
        }
    }

    private func renew(_ slot: inout SessionConnection?) throws(SessionConnection.Fault) {
        var connection = try SessionConnection(to: address.socket, timeout: timeout)
        try checkIn(over: &connection).expectSuccess()
        // Only now does the old one end.
        slot = consume connection
    }

    /// Makes the call over the connection there is, or a new one in its place when there is none or it is spent.
    private func done(
        _ requestID: String, _ awaitsAnswer: Bool, _ state: inout State
    ) throws(SessionConnection.Fault) {
        if state.connection?.isSpent ?? true { try renew(&state.connection) }
        if !awaitsAnswer, state.connection!.writePage(requestID) {
            state.unsettled = requestID
            return
        }
        try state.connection!.send { head in
            doneHead.withByteView { head.append($0) }
            requestID.withByteView { head.appendField(LocalProtocol.requestID, $0) }
            head.appendEndOfHead()
        }
        if awaitsAnswer {
            try state.connection!.receive().expectSuccess()
            state.unsettled = nil
        } else {
            state.unsettled = requestID
        }
    }

    private func checkIn(
        over connection: inout SessionConnection
    ) throws(SessionConnection.Fault) -> SessionConnection.Answer {
        try connection.send { head in
            head.appendStart("GET", LocalProtocol.check, host: address.host)
            head.appendField(LocalProtocol.session, UInt64(getpid()))
            if address.isUnix { head.appendField(LocalProtocol.page, 1) }
            head.appendEndOfHead()
        }
        return try address.isUnix ? connection.receiveWithPage() : connection.receive()
    }
}

extension Buffer {
    /// Appends what the head of a request without a body begins with.
    fileprivate mutating func appendStart(_ method: StaticString, _ path: StaticString, host: String) {
        appendRequestLine(method, target: ByteView(path))
        host.withByteView { appendField("Host", $0) }
        appendField("Content-Length", 0)
    }
}
