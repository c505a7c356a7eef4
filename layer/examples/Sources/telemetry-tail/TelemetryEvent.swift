import LambdaExtension

/// The part of a platform event that is used here; its texts are views of the batch ("Lambda Telemetry API Event schema
/// reference").
struct TelemetryEvent {
    var type: JSONText?
    var request: JSONText?
    var status: JSONText?
    var errorType: JSONText?
    /// Numbers, as they were written.
    var duration: ByteView?
    var initDuration: ByteView?
    var restoreDuration: ByteView?
    var billed: ByteView?
    var memory: ByteView?
    var memorySize: ByteView?
    /// The span `responseLatency`.
    var latency: ByteView?

    /// The next event of an array that was entered; nil at its end.
    static func next(_ reader: inout JSONReader) throws(JSONError) -> TelemetryEvent? {
        guard case .beginObject = try reader.next() else { return nil }
        var event = TelemetryEvent()
        while case .key(let name) = try reader.next() {
            if name == "type" {
                event.type = try reader.nextText()
            } else if name == "record" {
                try event.readRecord(&reader)
            } else {
                try reader.skipValue()
            }
        }
        return event
    }

    /// The record of a line, or of a fault, is a text, and has nothing that is wanted.
    private mutating func readRecord(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.entersObject() else { return }
        while case .key(let name) = try reader.next() {
            if name == "requestId" {
                request = try reader.nextText()
            } else if name == "status" {
                status = try reader.nextText()
            } else if name == "errorType" {
                errorType = try reader.nextText()
            } else if name == "metrics" {
                try readMetrics(&reader)
            } else if name == "spans" {
                try readSpans(&reader)
            } else {
                try reader.skipValue()
            }
        }
    }

    private mutating func readMetrics(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.entersObject() else { return }
        while case .key(let name) = try reader.next() {
            let value = try Self.number(&reader)
            if name == "durationMs" {
                duration = value
            } else if name == "initDurationMs" {
                initDuration = value
            } else if name == "restoreDurationMs" {
                restoreDuration = value
            } else if name == "billedDurationMs" {
                billed = value
            } else if name == "maxMemoryUsedMB" {
                memory = value
            } else if name == "memorySizeMB" {
                memorySize = value
            }
        }
    }

    private mutating func readSpans(_ reader: inout JSONReader) throws(JSONError) {
        guard case .beginArray = try reader.next() else { return }
        while case .beginObject = try reader.next() {
            var isLatency = false
            var value: ByteView?
            while case .key(let name) = try reader.next() {
                if name == "name" {
                    if let text = try reader.nextText() { isLatency = text == "responseLatency" }
                } else if name == "durationMs" {
                    value = try Self.number(&reader)
                } else {
                    try reader.skipValue()
                }
            }
            if isLatency { latency = value }
        }
    }

    /// The number that comes next, as it was written; nil, after passing over it, when it is another value.
    private static func number(_ reader: inout JSONReader) throws(JSONError) -> ByteView? {
        let ahead = reader
        if case .number(let number) = try reader.next() { return number.raw }
        reader = ahead
        try reader.skipValue()
        return nil
    }
}
