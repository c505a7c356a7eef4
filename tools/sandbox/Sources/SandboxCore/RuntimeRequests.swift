extension Environment {
    /// A request to the Runtime API.
    mutating func handleRuntime(_ call: Call, _ request: RuntimeCall) {
        switch request {
        case .next: nextForFunction(call)
        case .responding(let id, let invocationID): beginStream(id, invocationID, call)
        case .response(let id, let invocationID, let response):
            switch findAnswered(id, invocationID, call) {
            case .success(let index): takeResponse(call, index, response)
            case .failure(let refusal): refuse(call, refusal)
            }
        case .error(let id, let invocationID, let type, let body):
            switch findAnswered(id, invocationID, call) {
            case .success(let index):
                if refuses(call, index, body, over: configuration.responseLimit) { return }
                respond(index, .functionError(type: type.isEmpty ? "Runtime.Unknown" : type, body: body))
                answer(call, .accepted)
            case .failure(let refusal): refuse(call, refusal)
            }
        case .restoreNext: restoreNext(call)
        case .restoreError(let type, let body): restoreError(call, Failure.fatalType(type), body)
        case .initError(let type, let body):
            // Whoever started it sees what it says, and starts it again.
            if configuration.isAttached { return answer(call, .accepted) }
            if isRestoring { return restoreError(call, Failure.fatalType(type), body) }
            guard !function.hasAsked, !function.hasReportedInitError, function.process.isRunning, !isStopping else {
                return refuse(call, .runtimeState("an initialization error"))
            }
            function.hasReportedInitError = true
            report(
                Failure(
                    type: Failure.fatalType(type), message: "The runtime reported an initialization error", body: body))
            answer(call, .accepted)
        }
    }

    private mutating func nextForFunction(_ call: Call) {
        guard !function.hasReportedInitError, !function.hasReportedRestoreError else {
            return refuse(call, .runtimeState("next"))
        }
        if case .waiting(_?) = function.restoreCall { return refuse(call, .runtimeState("next before the restore")) }
        // While the environment ends there is no next event and no answer: the function is to exit.
        guard !isStopping else { return }
        if isManaged { return park(call) }
        if let current = running.first, current.invocationID != nil, current.responded == nil {
            switch current.stream {
            case .none: return deliver(0, to: call)
            case .open: return refuse(call, .runtimeState("next before the response is complete"))
            case .broken: respond(0, .failure(.truncatedResponse))
            }
        }
        guard function.waiting.isEmpty else { return refuse(call, .runtimeState("a second next")) }
        park(call)
        if let current = running.first, current.responded != nil, current.functionDone == nil {
            running[0].functionDone = now
            note(.done(id: current.invocation.id, process: FunctionMember.name))
        }
        settleDebtOfFunction()
    }

    private mutating func park(_ call: Call) {
        guard !isManaged || function.waiting.count < configuration.concurrency else {
            return refuse(call, .tooManyWorkers)
        }
        function.waiting.append(call)
        if !function.hasAsked {
            function.hasAsked = true
            note(.ready(process: FunctionMember.name))
        }
        if isManaged { note(.workerIdle(count: function.waiting.count)) }
    }

    /// The head of a streamed response has come. One that is out of place is refused when it is complete, as any other is.
    private mutating func beginStream(_ id: String, _ invocationID: String?, _ call: Call) {
        guard running.contains(where: { $0.invocation.id == id }),
            case .success(let index) = findAnswered(id, invocationID, call)
        else { return }
        running[index].stream = .open(call)
        note(.responding(id: id))
        act(.handOn(call, id: id))
    }

    /// The connection of a streamed response has ended. A function that ends, too, is the better reason, and on demand the
    /// only other one is that it asks for the next event.
    mutating func breakOff(_ index: Int) {
        running[index].stream = .broken
        if isManaged { respond(index, .failure(.truncatedResponse)) }
    }

    private mutating func takeResponse(_ call: Call, _ index: Int, _ response: FunctionResponse) {
        switch response.mode {
        case .unknown:
            respond(
                index, .failure(Failure(type: "Runtime.InvalidResponseModeHeader", message: "Invalid response mode")))
            refuse(call, .invalidMode)
        case .buffered, .streaming:
            let limit = response.mode == .buffered ? configuration.responseLimit : Configuration.streamLimit
            if refuses(call, index, response.body, over: limit) { return }
            if let type = response.trailingErrorType {
                respond(index, .functionError(type: type, body: response.body))
            } else {
                respond(index, .success(body: response.body, contentType: response.contentType))
            }
            answer(call, .accepted)
        }
    }

    /// Refuses a response or error that is larger than the service takes; returns true if it did. The caller is told, and the
    /// function is done with its event all the same: what could not be sent once cannot be sent again.
    private mutating func refuses(_ call: Call, _ index: Int, _ body: [UInt8], over limit: Int) -> Bool {
        guard body.count > limit else { return false }
        respond(
            index,
            .failure(
                Failure(
                    type: "Function.ResponseSizeTooLarge",
                    message: "Response payload size (\(body.count) bytes) exceeded maximum allowed payload"
                        + " size (\(limit) bytes).")))
        refuse(call, .tooLarge(limit))
        return true
    }

    /// The invocation under way that a response or error is for, or why it is out of place.
    ///
    /// A request id may come again while what it once stood for still runs; the invocation id distinguishes them.
    /// Whoever sends none is not asked for it, as older runtimes do not.
    private mutating func findAnswered(
        _ id: String, _ invocationID: String?, _ call: Call
    ) -> Result<Int, Refusal> {
        let index = running.firstIndex { $0.invocation.id == id && $0.invocationID != nil }
        guard !isStopping, let index else {
            return .failure(isManaged && expired.take(id) ? .tooLate : .unknownRequest)
        }
        if let invocationID, invocationID != running[index].invocationID { return .failure(.staleInvocation) }
        guard running[index].responded == nil, running[index].stream.admits(call) else {
            return .failure(isManaged ? .unknownRequest : .runtimeState("a second response"))
        }
        return .success(index)
    }

    /// A process said that it cannot go on: it fails what is under way as soon as it has exited, or soon.
    mutating func report(_ failure: Failure) {
        guard reported == nil, !isStopping else { return }
        reported = (failure, now + configuration.exitGrace)
    }
}
