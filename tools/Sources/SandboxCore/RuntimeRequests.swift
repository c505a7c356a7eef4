extension Environment {
    /// A request to the Runtime API.
    mutating func handleRuntime(_ call: Call, _ request: RuntimeCall) {
        switch request {
        case .next: nextForFunction(call)
        case .response(let id, let response): takeResponse(call, id, response)
        case .error(let id, let type, let body):
            guard let refusal = refusalOfAnswer(to: id) else {
                respond(.functionError(type: type.isEmpty ? Self.unknownError : type, body: body))
                return answer(call, .accepted)
            }
            refuse(call, refusal)
        case .initError(let type, let body):
            guard !function.hasAsked, !function.hasReportedInitError, function.process.isRunning, !isStopping else {
                return refuse(call, .runtimeState("an initialization error"))
            }
            function.hasReportedInitError = true
            report(
                Failure(
                    type: type.isEmpty ? Self.unknownError : type,
                    message: "The runtime reported an initialization error", body: body))
            answer(call, .accepted)
        }
    }

    /// The type of an error whose reporter named none.
    private static let unknownError = "Runtime.Unknown"

    private mutating func nextForFunction(_ call: Call) {
        guard !function.hasReportedInitError else { return refuse(call, .runtimeState("next")) }
        // While the environment ends there is no next event and no answer: the function is to exit.
        guard !isStopping else { return }
        if let current, current.isDelivered, current.responded == nil {
            return answer(call, .invocation(current.invocation, deadline: current.deadline))
        }
        guard function.parked == nil else { return refuse(call, .runtimeState("a second next")) }
        function.parked = call
        if !function.hasAsked {
            function.hasAsked = true
            note(.ready(process: FunctionMember.name))
        }
        if let current, current.responded != nil, current.functionDone == nil {
            self.current!.functionDone = now
            note(.done(id: current.invocation.id, process: FunctionMember.name))
        }
        settleDebtOfFunction()
    }

    private mutating func takeResponse(_ call: Call, _ id: String, _ response: FunctionResponse) {
        if let refusal = refusalOfAnswer(to: id) { return refuse(call, refusal) }
        switch response.mode {
        case .unknown:
            respond(.failure(Failure(type: "Runtime.InvalidResponseModeHeader", message: "Invalid response mode")))
            refuse(call, .invalidMode)
        case .buffered where response.body.count > configuration.responseLimit:
            let limit = configuration.responseLimit
            respond(
                .failure(
                    Failure(
                        type: "Function.ResponseSizeTooLarge",
                        message: "Response payload size (\(response.body.count) bytes) exceeded maximum allowed payload"
                            + " size (\(limit) bytes).")))
            refuse(call, .tooLarge(limit))
        case .buffered, .streaming:
            if let type = response.trailingErrorType {
                respond(.functionError(type: type, body: response.body))
            } else {
                respond(.success(body: response.body, contentType: response.contentType))
            }
            answer(call, .accepted)
        }
    }

    /// Why a response or error for a request is out of place; nil when it is welcome.
    private func refusalOfAnswer(to id: String) -> Refusal? {
        let isManaged = configuration.kind == .managedInstances
        if isManaged, expired.contains(id) { return .tooLate }
        guard !isStopping, let current, current.invocation.id == id, current.isDelivered else { return .unknownRequest }
        guard current.responded == nil else { return isManaged ? .unknownRequest : .runtimeState("a second response") }
        return nil
    }

    /// A process said that it cannot go on: it fails what is under way as soon as it has exited, or soon.
    mutating func report(_ failure: Failure) {
        guard reported == nil, !isStopping else { return }
        reported = (failure, now + configuration.exitGrace)
    }
}
