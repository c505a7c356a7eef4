extension Environment {
    /// A request to the Extensions API.
    mutating func handleExtension(_ call: Call, _ request: ExtensionCall) {
        switch request {
        case .register(let name, let events, let wantsAccountID):
            register(call, name: name, events: events, wantsAccountID: wantsAccountID)
        case .next(let identifier):
            guard let index = find(identifier, for: call) else { return }
            nextForExtension(index, call)
        case .initError(let identifier, let type):
            guard let index = find(identifier, for: call) else { return }
            reportError(call, index, type, "Extension.InitError", isAllowed: !extensions[index].hasAsked)
        case .exitError(let identifier, let type):
            guard let index = find(identifier, for: call) else { return }
            reportError(call, index, type, "Extension.ExitError", isAllowed: true)
        case .subscribe(let identifier, let request):
            guard let index = find(identifier, for: call) else { return }
            subscribe(call, index, request)
        case .subscribeElsewhere(let identifier, let service):
            guard find(identifier, for: call) != nil else { return }
            answer(call, .notSupported(service: service))
        }
    }

    private mutating func register(_ call: Call, name: String?, events: [String]?, wantsAccountID: Bool) {
        guard let name, !name.isEmpty else { return refuse(call, .emptyName) }
        guard let events else { return refuse(call, .badFormat) }
        let found = extensions.firstIndex { $0.name == name }
        let isExternal = found.map { !extensions[$0].isInternal } ?? false
        var asked: ExtensionEvents = []
        for event in events {
            switch event {
            case "INVOKE":
                guard !isManaged else {
                    return refuse(call, .invalidEvent(event, "not offered on Managed Instances"))
                }
                asked.insert(.invoke)
            case "SHUTDOWN":
                guard isExternal else {
                    return refuse(call, .invalidEvent(event, "not offered to internal extensions"))
                }
                asked.insert(.shutdown)
            default: return refuse(call, .invalidEvent(event, "no such event"))
            }
        }
        let index: Int
        if let found {
            if configuration.isAttached, !isExternal {
                extensions[found] = ExtensionMember(name: name, isInternal: true)
            }
            guard !extensions[found].isRegistered, isOpen(toInternal: !isExternal) else {
                return refuse(call, .nameTaken)
            }
            index = found
        } else {
            guard isOpen(toInternal: true) else { return refuse(call, .registrationClosed) }
            guard extensions.count < Configuration.extensionLimit else { return refuse(call, .tooManyExtensions) }
            index = extensions.count
            extensions.append(ExtensionMember(name: name, isInternal: true))
        }
        let identifier = identifiers.uuid()
        extensions[index].identifier = identifier
        extensions[index].events = asked
        answer(call, .registered(identifier: identifier, withAccountID: wantsAccountID))
        note(.registered(extension: name, asked))
    }

    /// True while extensions may register: internal ones before the function asks for an event, which an attached one may do anew.
    private func isOpen(toInternal: Bool) -> Bool {
        if toInternal, configuration.isAttached { return !isStopping }
        guard case .starting = phase else { return false }
        return !toInternal || !function.hasAsked
    }

    private mutating func nextForExtension(_ index: Int, _ call: Call) {
        guard extensions[index].waiting == nil, !extensions[index].hasReported else {
            return refuse(call, .extensionState("next"))
        }
        extensions[index].waiting = call
        if !extensions[index].hasAsked {
            extensions[index].hasAsked = true
            note(.ready(process: extensions[index].name))
        }
        if extensions[index].pendingEvent != nil { return deliverPending(toExtension: index) }
        guard extensions[index].isBusy, let invocation = running.first?.invocation else { return }
        extensions[index].isBusy = false
        running[0].extensionsDone = now
        note(.done(id: invocation.id, process: extensions[index].name))
    }

    /// Subscribing again replaces what was asked for before; after the initialization it is too late.
    private mutating func subscribe(_ call: Call, _ index: Int, _ request: TelemetryRequest?) {
        guard case .starting = phase else { return refuse(call, .subscriptionClosed) }
        guard let request else { return refuse(call, .badSubscription) }
        switch request.validate(for: configuration.kind) {
        case .failure(let refusal): refuse(call, refusal)
        case .success(let subscription):
            answer(call, .subscribed)
            note(.subscribed(extension: extensions[index].name, subscription))
        }
    }

    private mutating func reportError(_ call: Call, _ index: Int, _ type: String?, _ kind: String, isAllowed: Bool) {
        guard let type, !type.isEmpty else { return refuse(call, .missingErrorType) }
        guard isAllowed || extensions[index].hasReported else {
            return refuse(call, .extensionState("an initialization error"))
        }
        if !extensions[index].hasReported {
            extensions[index].hasReported = true
            report(Failure(type: kind, message: "extension \(extensions[index].name): \(type)"))
        }
        answer(call, .accepted)
    }

    /// The extension with an identifier; refuses the call when there is none.
    private mutating func find(_ identifier: String?, for call: Call) -> Int? {
        guard let identifier, !identifier.isEmpty else {
            refuse(call, .missingIdentifier)
            return nil
        }
        guard IdentifierSource.isUUID(identifier) else {
            refuse(call, .invalidIdentifier)
            return nil
        }
        let lowered = identifier.lowercased()
        guard let index = extensions.firstIndex(where: { $0.identifier == lowered }) else {
            refuse(call, .unknownIdentifier)
            return nil
        }
        return index
    }
}
