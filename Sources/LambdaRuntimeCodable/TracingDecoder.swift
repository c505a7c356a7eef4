#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The place of a fault, which travels with the error that Foundation threw without one.
struct DecodingPlace: Error {
    /// The type that was to be read there.
    let type: Any.Type
    /// True if an object or array was to be opened; false if a value was to be read.
    let isContainer: Bool
}

/// A value that is read by a decoder that adds the place to errors that have none.
struct Traced<Value: Decodable>: Decodable {
    let value: Value

    init(from decoder: any Decoder) throws {
        let decoder = TracingDecoder(base: decoder)
        // A type of Foundation's own is read by its decoder, not by the type.
        let isFoundations = foundationsOwn.contains(ObjectIdentifier(Value.self))
        value = isFoundations ? try decoder.singleValueContainer().decode(Value.self) : try Value(from: decoder)
    }

    /// Reads once more what could not be read; the fault where it has a place now. Nil where the reading of the value
    /// was never begun, since the document as a whole is at fault.
    static func fault(in bytes: [UInt8], _ decoder: JSONDecoder) -> (DecodingPlace, DecodingError.Context)? {
        do {
            _ = try decoder.decode(Traced<Value>.self, from: Data(bytes))
        } catch DecodingError.dataCorrupted(let context) {
            if let place = context.underlyingError as? DecodingPlace { return (place, context) }
        } catch {}
        return nil
    }
}

/// The types that Foundation's decoders read themselves: in a way of their own, which a decoder around them would take away, or
/// because nothing is inside them. So one generic function stands for all the requirements that name one of these.
private let foundationsOwn = Set(
    ([
        Date.self, Data.self, Decimal.self, URL.self, Bool.self, String.self, Double.self, Float.self, Int.self,
        Int8.self, Int16.self, Int32.self, Int64.self, Int128.self, UInt.self, UInt8.self, UInt16.self, UInt32.self,
        UInt64.self, UInt128.self,
    ] as [Any.Type]).map { ObjectIdentifier($0) })

/// Adds the place to an error without one.
///
/// - Parameter isFoundations: true if only Foundation's code runs in `body`. For input that it cannot make sense of,
///   that code throws an error of its own, which becomes a `DecodingError` at the top, where the place is no longer
///   known.
private func placing<Value>(
    _ path: @autoclosure () -> [any CodingKey], _ type: Any.Type, isContainer: Bool = false, isFoundations: Bool = true,
    _ body: () throws -> Value
) throws -> Value {
    var words = ""
    do {
        return try body()
    } catch DecodingError.dataCorrupted(let context)
        where context.codingPath.isEmpty && !(context.underlyingError is DecodingPlace)
    {
        words = context.debugDescription
    } catch  where isFoundations && !(error is DecodingError) {}
    let place = DecodingPlace(type: type, isContainer: isContainer)
    throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: path(), debugDescription: words, underlyingError: place))
}

/// Another decoder, whose errors have their places.
private struct TracingDecoder: Decoder {
    let base: any Decoder

    var codingPath: [any CodingKey] { base.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { base.userInfo }

    func container<Key>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try placing(codingPath, [String: Any].self, isContainer: true) {
            KeyedDecodingContainer(TracingMembers(base: try base.container(keyedBy: type)))
        }
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try placing(codingPath, [Any].self, isContainer: true) { TracingElements(base: try base.unkeyedContainer()) }
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        TracingValue(base: try base.singleValueContainer())
    }
}

private struct TracingMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let base: KeyedDecodingContainer<Key>

    var codingPath: [any CodingKey] { base.codingPath }
    var allKeys: [Key] { base.allKeys }

    func contains(_ key: Key) -> Bool { base.contains(key) }
    func decodeNil(forKey key: Key) throws -> Bool { try base.decodeNil(forKey: key) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        if foundationsOwn.contains(ObjectIdentifier(type)) { return try read(type, key, base.decode) }
        return try placing(codingPath + [key], type, isFoundations: false) {
            try base.decode(Traced<Value>.self, forKey: key).value
        }
    }

    func nestedContainer<NestedKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try placing(codingPath + [key], [String: Any].self, isContainer: true) {
            KeyedDecodingContainer(
                TracingMembers<NestedKey>(base: try base.nestedContainer(keyedBy: type, forKey: key)))
        }
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try placing(codingPath + [key], [Any].self, isContainer: true) {
            TracingElements(base: try base.nestedUnkeyedContainer(forKey: key))
        }
    }

    func superDecoder() throws -> any Decoder { TracingDecoder(base: try base.superDecoder()) }
    func superDecoder(forKey key: Key) throws -> any Decoder {
        TracingDecoder(base: try base.superDecoder(forKey: key))
    }

    private func read<Value>(
        _ type: Value.Type, _ key: Key, _ decode: (Value.Type, Key) throws -> Value
    ) throws -> Value {
        try placing(codingPath + [key], type) { try decode(type, key) }
    }
}

private struct TracingElements: UnkeyedDecodingContainer {
    var base: any UnkeyedDecodingContainer

    var codingPath: [any CodingKey] { base.codingPath }
    var count: Int? { base.count }
    var isAtEnd: Bool { base.isAtEnd }
    var currentIndex: Int { base.currentIndex }

    mutating func decodeNil() throws -> Bool { try base.decodeNil() }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try read(type) }

    mutating func nestedContainer<NestedKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        let key = ElementKey(currentIndex)
        return try placing(codingPath + [key], [String: Any].self, isContainer: true) {
            KeyedDecodingContainer(TracingMembers<NestedKey>(base: try base.nestedContainer(keyedBy: type)))
        }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let key = ElementKey(currentIndex)
        return try placing(codingPath + [key], [Any].self, isContainer: true) {
            TracingElements(base: try base.nestedUnkeyedContainer())
        }
    }

    mutating func superDecoder() throws -> any Decoder { TracingDecoder(base: try base.superDecoder()) }

    private mutating func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let key = ElementKey(currentIndex)
        let isFoundations = foundationsOwn.contains(ObjectIdentifier(type))
        return try placing(codingPath + [key], type, isFoundations: isFoundations) {
            isFoundations ? try base.decode(type) : try base.decode(Traced<Value>.self).value
        }
    }
}

private struct TracingValue: SingleValueDecodingContainer {
    let base: any SingleValueDecodingContainer

    var codingPath: [any CodingKey] { base.codingPath }

    func decodeNil() -> Bool { base.decodeNil() }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if foundationsOwn.contains(ObjectIdentifier(type)) { return try read(type, base.decode) }
        return try placing(codingPath, type, isFoundations: false) { try base.decode(Traced<Value>.self).value }
    }

    private func read<Value>(_ type: Value.Type, _ decode: (Value.Type) throws -> Value) throws -> Value {
        try placing(codingPath, type) { try decode(type) }
    }
}

private struct ElementKey: CodingKey {
    let index: Int

    init(_ index: Int) { self.index = index }
    init?(stringValue: String) { nil }
    init?(intValue: Int) { index = intValue }

    var stringValue: String { "Index \(index)" }
    var intValue: Int? { index }
}
