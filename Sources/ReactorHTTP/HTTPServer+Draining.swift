extension HTTPServer {
    /// Drains the server, but no longer than for a time: connections that are left then are closed, whatever they are at.
    ///
    /// Called again meanwhile, the time that ends first holds for both calls; see ``drain(_:)``.
    ///
    /// - Parameters:
    ///   - time: how long the others have to finish; Lambda gives an extension some two seconds.
    ///   - completion: called once no connection is left, at once or later.
    public func drain(within time: Duration, _ completion: @escaping () -> Void) {
        // The completion is called before the server ends, at the latest by its end, so that the timer never fires after it.
        let timer = loop.makeTimer { [unowned(unsafe) self] in close() }
        timer.arm(after: time)
        drain {
            timer.cancel()
            completion()
        }
    }
}
