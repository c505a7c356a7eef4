import LambdaRuntime

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How events are read and outputs written.
public struct JSONCoding: Sendable {
    /// Reads events.
    public var decoder: JSONDecoder
    /// Writes outputs.
    public var encoder: JSONEncoder

    /// The given coders, or Foundation's with their standard strategies.
    public init(decoder: JSONDecoder = JSONDecoder(), encoder: JSONEncoder = JSONEncoder()) {
        self.decoder = decoder
        self.encoder = encoder
    }

    func read<Event: Decodable>(_ bytes: [UInt8]) throws -> Event {
        do {
            return try decoder.decode(Event.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw FunctionError(type: "DecodingError", message: "the event is no \(Event.self): \(error.summary)")
        }
    }

    func write(_ output: some Encodable) throws -> [UInt8] {
        do {
            return try [UInt8](encoder.encode(output))
        } catch let error as EncodingError {
            throw FunctionError(type: "EncodingError", message: "the output cannot be written as JSON: \(error)")
        }
    }
}

extension DecodingError {
    /// What is wrong, and where: `no value for "price" at items[2]`.
    fileprivate var summary: String {
        switch self {
        case .keyNotFound(let key, let context): "no value for \"\(key.stringValue)\"\(context.place)"
        case .valueNotFound(let type, let context): "null instead of \(type)\(context.place)"
        case .typeMismatch(let type, let context): "not of type \(type)\(context.place)"
        case .dataCorrupted(let context): context.debugDescription + context.place
        @unknown default: String(describing: self)
        }
    }
}

extension DecodingError.Context {
    fileprivate var place: String {
        guard !codingPath.isEmpty else { return "" }
        var path = ""
        for key in codingPath {
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return " at \(path)"
    }
}
