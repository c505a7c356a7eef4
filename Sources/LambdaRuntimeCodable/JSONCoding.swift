import LambdaRuntime

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The way in which events are read and outputs written.
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
            let fault = DecodingFault(error, of: Event.self, in: bytes, decoder)
            throw FunctionError(type: "DecodingError", message: "the event is no \(Event.self): \(fault)")
        }
    }

    func write(_ output: some Encodable) throws -> [UInt8] {
        do {
            return try [UInt8](encoder.encode(output))
        } catch let error as EncodingError {
            throw FunctionError(
                type: "EncodingError", message: "the output cannot be written as JSON: \(error.summary)")
        }
    }
}

extension EncodingError {
    /// The fault and its place: `inf is no number in JSON at prices[2]`.
    fileprivate var summary: String {
        guard case .invalidValue(let value, let context) = self else { return String(describing: self) }
        let words =
            value is any FloatingPoint ? "\(value) is no number in JSON" : context.debugDescription.withoutFullStop
        return words + CodingPlace.words(for: context.codingPath)
    }
}
