import PostInvokeRuntime

await LambdaRuntime.run {
    let postInvoke = try await PostInvoke.connect()

    // When the environment shuts down.
    postInvoke.onShutdown { print("bye y'all!") }

    // For each event. Closures run after the response has gone out, the last one first.
    return postInvoke.wrap { event, context in
        print(String(decoding: event, as: UTF8.self))

        PostInvoke.run { print("first on stack") }

        PostInvoke.run {
            print("second on stack")
            try await Task.sleep(for: .seconds(3))
            print("second on complete")
        }

        return [UInt8](#"{"message":"closures run after this response"}"#.utf8)
    }
}
