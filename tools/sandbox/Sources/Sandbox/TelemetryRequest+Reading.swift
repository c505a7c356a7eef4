import JSON

extension TelemetryRequest {
    /// Reads the body of a subscription; nil when it is not JSON, or a member has another type than it should.
    package static func read(_ body: ByteView) -> TelemetryRequest? {
        var reader = JSONReader(body)
        var request = TelemetryRequest()
        do {
            guard try reader.entersObject() else { return nil }
            while case .key(let name) = try reader.next() {
                if name == "schemaVersion" {
                    guard let text = try reader.nextText() else { return nil }
                    request.schema = text.string
                } else if name == "types" {
                    guard case .beginArray = try reader.next() else { return nil }
                    elements: while true {
                        switch try reader.next() {
                        case .string(let text): request.types.append(text.string)
                        case .endArray: break elements
                        default: return nil
                        }
                    }
                } else if name == "buffering" {
                    guard try request.readBuffering(&reader) else { return nil }
                } else if name == "destination" {
                    guard try request.readDestination(&reader) else { return nil }
                } else {
                    try reader.skipValue()
                }
            }
            guard case .end = try reader.next() else { return nil }
            return request
        } catch {
            return nil
        }
    }

    private mutating func readBuffering(_ reader: inout JSONReader) throws(JSONError) -> Bool {
        guard try reader.entersObject() else { return false }
        while case .key(let name) = try reader.next() {
            let value = try reader.nextInteger()
            if name == "maxItems" {
                maximumItems = value
            } else if name == "maxBytes" {
                maximumBytes = value
            } else if name == "timeoutMs" {
                timeoutMilliseconds = value
            } else {
                continue
            }
            if value == nil { return false }
        }
        return true
    }

    private mutating func readDestination(_ reader: inout JSONReader) throws(JSONError) -> Bool {
        guard try reader.entersObject() else { return false }
        while case .key(let name) = try reader.next() {
            if name == "protocol" {
                transport = try reader.nextText()?.string
            } else if name == "URI" {
                address = try reader.nextText()?.string
            } else if name == "port" {
                guard let number = try reader.nextInteger() else { return false }
                port = number
            } else {
                try reader.skipValue()
            }
        }
        return true
    }
}
