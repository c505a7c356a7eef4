extension HTTPServer {
    /// Drains the server, but no longer than for a time: connections that are left then are closed, whatever they are at.
    ///
    /// - Parameters:
    ///   - time: how long the others have to finish; Lambda gives an extension some two seconds.
    ///   - completion: called once no connection is left, at once or later.
    public func drain(within time: Duration, _ completion: @escaping () -> Void) {
        let timer = loop.makeTimer { [unowned(unsafe) self] in close() }
        timer.arm(after: time)
        drain {
            timer.cancel()
            completion()
        }
    }
}
