import PostInvokeRuntime

/// Events that were counted in memory, and are yet to be written down.
actor Counter {
    private var events = 0

    func count() { events += 1 }
    func flush() { print("\(events) events") }
}

await LambdaRuntime.run {
    let postInvoke = try await PostInvoke.connect()
    let counter = Counter()

    // The last one registered runs first: what was set up last is taken down first. All have 250 ms together.
    postInvoke.onShutdown { print("connections closed") }
    postInvoke.onShutdown { await counter.flush() }
    postInvoke.onShutdown {
        try await Task.sleep(for: .milliseconds(50))
        print("shutting down")
    }

    return postInvoke.wrap { event, context in
        PostInvoke.run { await counter.count() }
        return event
    }
}
