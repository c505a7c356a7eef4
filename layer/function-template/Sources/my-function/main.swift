import LambdaRuntimeCodable
import PostInvokeRuntime

await LambdaRuntime.run {
    let postInvoke = try await PostInvoke.connect()
    return postInvoke.wrap(Handler().handle)
}
