import PostInvokeRuntime

// Work after the response without a Lambda layer: the function holds its own invocations open.
await LambdaRuntime.run {
    let postInvoke = try await PostInvoke.connect(mode: .inProcess)
    print("mode \(postInvoke.mode)")

    return postInvoke.wrap { event, context in
        PostInvoke.run {
            try await Task.sleep(for: .seconds(1))
            print("a second after the response")
        }
        return event
    }
}
