import LambdaAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Why an event cannot be read, in words: the fault and its place.
///
/// Foundation says "The given data was not valid JSON." of a number that does not fit its type, too, and of whatever is
/// malformed, and gives no place. Then the event is read a second time, with a decoder that keeps the place, and what
/// stands there is looked up.
struct DecodingFault: CustomStringConvertible {
    let description: String

    init<Event: Decodable>(_ error: DecodingError, of type: Event.Type, in bytes: [UInt8], _ decoder: JSONDecoder) {
        guard case .dataCorrupted(let context) = error, context.codingPath.isEmpty else {
            description = error.summary
            return
        }
        // Other notations than RFC 8259's cannot be judged here.
        let document = decoder.readsOtherNotations ? nil : EventDocument(bytes)
        let traced = Traced<Event>.fault(in: bytes, decoder)
        if let (place, context) = traced {
            description = place.words(context, in: document)
        } else if let fault = document?.fault {
            description = fault.description
        } else {
            description = context.debugDescription
        }
    }
}

extension JSONDecoder {
    fileprivate var readsOtherNotations: Bool { allowsJSON5 || assumesTopLevelDictionary }
}

extension DecodingPlace {
    /// The words for a fault that Foundation gives no place for.
    fileprivate func words(_ context: DecodingError.Context, in document: EventDocument?) -> String {
        let place = CodingPlace.words(for: context.codingPath)
        guard context.debugDescription.isEmpty else {
            return context.debugDescription.withoutFullStop + place
        }
        switch document?.value(at: context.codingPath) {
        case .fault(let fault): return fault.description
        case .number(let text): return "\(text) does not fit \(type)\(place)"
        case .brokenText(let offset):
            return "half of a surrogate pair at byte \(offset), which no \(type) can hold\(place)"
        case .other, nil:
            // An object cannot be opened because of a name in it.
            if isContainer, let fault = document?.fault { return fault.description }
            if isContainer, let offset = document?.brokenName {
                return "half of a surrogate pair at byte \(offset), which no name can hold\(place)"
            }
            return "nothing that fits \(type)\(place)"
        }
    }
}

extension DecodingError {
    /// The fault and its place: `no value for "price" at items[2]`.
    fileprivate var summary: String {
        switch self {
        case .keyNotFound(let key, let context):
            return "no value for \"\(key.stringValue)\"" + CodingPlace.words(for: context.codingPath)
        case .valueNotFound(let type, let context):
            return "null instead of \(Self.noun(type))" + CodingPlace.words(for: context.codingPath)
        case .typeMismatch(let type, let context):
            // Of its own accord Foundation says no more than this does; a type's own words say more.
            let words = context.debugDescription
            let isPlain = words.isEmpty || words.hasPrefix("Expected to decode ")
            return (isPlain ? "not \(Self.kind(type))" : words.withoutFullStop)
                + CodingPlace.words(for: context.codingPath)
        case .dataCorrupted(let context):
            return context.debugDescription.withoutFullStop + CodingPlace.words(for: context.codingPath)
        @unknown default: return String(describing: self)
        }
    }

    private static func kind(_ type: Any.Type) -> String {
        let noun = noun(type)
        return noun == String(describing: type) ? "of type \(noun)" : noun
    }

    /// JSON's names of what Foundation calls by the types that it reads them into.
    private static func noun(_ type: Any.Type) -> String {
        if type == [String: Any].self { return "an object" }
        if type == [Any].self { return "an array" }
        return String(describing: type)
    }
}
