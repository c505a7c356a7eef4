import LambdaExtension
import Testing

/// Lambda's side: an Extensions API that keeps whoever asks for Next waiting, and answers the other calls as it does, unless the
/// test says otherwise.
final class Lambda: ExtensionsAPI {
    /// The calls of the API.
    enum Call: String, Equatable {
        case register = "POST /2020-01-01/extension/register"
        case next = "GET /2020-01-01/extension/event/next"
        case initError = "POST /2020-01-01/extension/init/error"
        case exitError = "POST /2020-01-01/extension/exit/error"
    }

    static let identifier = "4ac8b1c1-0000-4000-8000-9b7c0a2f33e1"

    /// Answers in place of the usual ones.
    var answers: [Call: Answer] = [:]
    /// Called as soon as a request was read, before anything else happens.
    var onRequest: ((Request) -> Void)?
    /// The beginning of the paths of all calls.
    var path = ""

    var port: UInt16 { endpoint.address.port ?? 0 }

    /// The number of times Next was asked for.
    var nextCount: Int { calls.count { $0 == .next } }

    /// The calls so far, in order.
    var calls: [Call?] { requests.map(call(of:)) }

    override func answer(to request: Request) -> Answer {
        onRequest?(request)
        let call = call(of: request)
        if let call, let answer = answers[call] { return answer }
        return switch call {
        case .register: .status(200, #"{"functionName":"f","functionVersion":"$LATEST","handler":"h"}"#)
        case .next: .silence
        case .initError, .exitError: .status(202, #"{"status":"OK"}"#)
        case nil: .status(404, "404 page not found")
        }
    }

    private func call(of request: Request) -> Call? {
        let parts = request.line.split(separator: " ")
        guard parts.count == 2, parts[1].hasPrefix(path + "/") else { return nil }
        return Call(rawValue: "\(parts[0]) \(parts[1].dropFirst(path.count))")
    }

    /// Answers Next with an invocation, whose deadline is an hour off unless given.
    func invoke(_ id: String, deadline: Int64? = nil, traceCount: Int = 0) throws {
        let trace = String(repeating: "t", count: traceCount)
        let tracing = #","tracing":{"type":"X-Amzn-Trace-Id","value":"\#(trace)"}"#
        let deadline = deadline ?? WallClock.milliseconds + 3_600_000
        try answerWaiting(
            .status(
                200,
                #"{"eventType":"INVOKE","deadlineMs":\#(deadline),"requestId":"\#(id)","#
                    + #""invokedFunctionArn":"arn:aws:lambda:eu-west-1:123456789012:function:f""#
                    + (traceCount > 0 ? tracing : "") + "}"))
    }

    /// Answers Next with the end.
    func shutDown(_ reason: String = "spindown") throws {
        let body =
            #"{"eventType":"SHUTDOWN","deadlineMs":\#(WallClock.milliseconds + 2_000),"shutdownReason":"\#(reason)"}"#
        try answerWaiting(.status(200, body))
    }
}

extension ExtensionsAPI.Answer {
    /// A status, a body, and the extension's identifier.
    static func status(_ status: Int, _ body: String) -> Self { .plain(status, body, identifier: Lambda.identifier) }
}
