/// Takes batches of telemetry to a subscriber's listener, one after another.
protocol TelemetryCarrier: AnyObject {
    /// Sends a batch; no other is under way.
    ///
    /// - Parameter completion: called once on the loop, never inside this call, and not at all after ``close()``: whether
    ///   the batch has arrived, as far as can be known.
    func send(_ batch: [[UInt8]], completion: @escaping (_ arrived: Bool) -> Void)

    /// Ends the connection, if there is one; the next batch makes another.
    func close()
}

extension TelemetryDestination {
    /// Makes a carrier that takes telemetry there.
    func carrier(on loop: EventLoop) -> any TelemetryCarrier {
        switch self {
        case .http(let port, let path): RequestCarrier(loop: loop, port: port, path: path)
        case .tcp(let port): LineCarrier(loop: loop, port: port)
        }
    }
}
