extension PostInvoke {
    /// The way in which time is found for the closures that run after a response.
    public enum Mode: String, Sendable {
        /// The extension in the Lambda layer holds the invocation open.
        case layer
        /// Without a layer: this process is itself an internal extension and holds the invocation open, on a thread of
        /// its own.
        case inProcess
        /// Managed Instances: the environment is never frozen, so nothing is held; invocations may overlap.
        case managed
        /// No Lambda: closures run after the handler, before the call of the wrapped handler returns; where `LambdaRuntime`
        /// calls it in a function that was started by hand, after the response was printed.
        case local
    }

    /// The choice of a mode to connect in.
    public enum ModeChoice: Sendable {
        /// The one that fits: ``Mode/managed`` on Managed Instances, ``Mode/local`` without Lambda, ``Mode/layer``
        /// where the extension answers, else ``Mode/inProcess``.
        case automatic
        /// ``Mode/layer`` or an error; ``Mode/managed`` on Managed Instances, where no extension is notified of
        /// invocations.
        case layer
        /// ``Mode/inProcess`` or an error; ``Mode/managed`` on Managed Instances.
        case inProcess
        /// ``Mode/managed`` or an error.
        case managed
        /// ``Mode/local``, which is always available. In Lambda, the caller then waits for the closures.
        case local
    }
}
