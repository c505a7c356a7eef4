import LambdaExtension

/// The invocations of which not everything has been reported yet, and the lines about those of which it has.
struct Ledger: ~Copyable {
    /// The lines to print.
    var lines = Buffer()
    /// The newest last; a few, since reports can be lost.
    private var open: [Invocation] = []
    private static var limit: Int { 16 }
    /// The request whose report came last: after a crash it comes with everything else.
    private var reported: [UInt8] = []

    private struct Invocation {
        let request: [UInt8]
        var isRuntimeDone = false
        /// Milliseconds, as they were written: to the response, and to the end of the runtime's work.
        var latency: [UInt8] = []
        var runtime: [UInt8] = []
    }

    /// Returns true if the service has said that the runtime is done with a request.
    func isRuntimeDone(_ request: [UInt8]) -> Bool {
        guard let place = place(of: request) else { return request == reported }
        return open[place].isRuntimeDone
    }

    /// True if every invocation has had its report.
    var isSettled: Bool { open.isEmpty }

    /// Takes in a batch: a JSON array of events.
    mutating func take(_ batch: ByteView) throws(JSONError) {
        var reader = JSONReader(batch)
        guard case .beginArray = try reader.next() else { return }
        while let event = try TelemetryEvent.next(&reader) {
            guard let type = event.type else { continue }
            if type == "platform.start" {
                if let request = event.request?.array { enter(request) }
            } else if type == "platform.runtimeDone" {
                runtimeDone(event)
            } else if type == "platform.report" {
                report(event)
            } else if type == "platform.restoreStart" {
                lines.append("telemetry-tail: restore begins\n")
            } else if type == "platform.restoreRuntimeDone" {
                writeRestore("runtime", event)
            } else if type == "platform.restoreReport" {
                writeRestore("report", event)
            } else if type == "platform.logsDropped" {
                lines.append("telemetry-tail: events were dropped\n")
            }
        }
    }

    /// Tells of those whose report will not come any more.
    mutating func giveUp() {
        for invocation in open { write(invocation, status: nil, report: nil) }
        open.removeAll()
    }

    private func place(of request: [UInt8]) -> Int? { open.firstIndex { $0.request == request } }

    private mutating func enter(_ request: [UInt8]) {
        if open.count == Self.limit { open.removeFirst() }
        open.append(Invocation(request: request))
    }

    private mutating func runtimeDone(_ event: TelemetryEvent) {
        guard let request = event.request?.array else { return }
        if place(of: request) == nil { enter(request) }
        guard let place = place(of: request) else { return }
        open[place].isRuntimeDone = true
        open[place].latency = event.latency?.array ?? []
        open[place].runtime = event.duration?.array ?? []
    }

    private mutating func report(_ event: TelemetryEvent) {
        guard let request = event.request?.array else { return }
        let place = place(of: request)
        let invocation = place.map { open[$0] } ?? Invocation(request: request)
        if let place { open.remove(at: place) }
        reported = request
        write(invocation, status: event.status, report: event)
    }

    /// `telemetry-tail: restore report success: total 15.19 ms`, or `... restore runtime error Runtime.AfterRestoreError`: a
    /// function with SnapStart has come out of its snapshot.
    private mutating func writeRestore(_ part: ByteView, _ event: TelemetryEvent) {
        lines.append("telemetry-tail: restore ")
        lines.append(part)
        for text in [event.status, event.errorType] {
            guard let text else { continue }
            lines.append(" ")
            text.append(to: &lines)
        }
        if let duration = event.duration {
            for text in [": total ", duration, " ms"] as [ByteView] { lines.append(text) }
        }
        lines.append("\n")
    }

    /// `telemetry-tail: ID success: init 80.12 ms, response 3.40 ms, runtime 5.01 ms, total 30.20 ms, billed 111 ms, memory 40 of
    /// 128 MB`, as far as it is known.
    private mutating func write(_ invocation: Invocation, status: JSONText?, report: TelemetryEvent?) {
        lines.append("telemetry-tail: ")
        invocation.request.withByteView { lines.append($0) }
        lines.append(" ")
        if let status { status.append(to: &lines) } else { lines.append("not reported") }
        var separator: ByteView = ": "
        func part(_ name: ByteView, _ value: ByteView?, _ unit: ByteView, _ lines: inout Buffer) {
            guard let value, !value.isEmpty else { return }
            for text in [separator, name, " ", value, unit] { lines.append(text) }
            separator = ", "
        }
        part("init", report?.initDuration, " ms", &lines)
        part("restore", report?.restoreDuration, " ms", &lines)
        invocation.latency.withByteView { part("response", $0, " ms", &lines) }
        invocation.runtime.withByteView { part("runtime", $0, " ms", &lines) }
        part("total", report?.duration, " ms", &lines)
        part("billed", report?.billed, " ms", &lines)
        part("memory", report?.memory, " of ", &lines)
        if let size = report?.memorySize {
            lines.append(size)
            lines.append(" MB")
        }
        lines.append("\n")
    }
}
