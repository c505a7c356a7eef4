import Foundation
import Testing
import api_surface

@Suite struct ThrowsTests {
    @Test(arguments: [
        ("method", "func read(into room: Room) throws(Errno) -> IOResult"),
        ("method", "mutating func next() async throws -> Event?"),
        ("type.method", "static func run(_ body: () -> Void) throws"),
        ("func", "func parse<Result>(_ text: [UInt8]) throws -> Result where Result : Sendable"),
        ("func.op", "static func / (left: Self, right: Self) throws -> Self"),
        ("init", "init(_ read: ([UInt8]) throws -> Int) throws(Fault)"),
        ("property", "var address: Address { get async throws(Errno) }"),
        ("subscript", "subscript(index: Int) -> Int { get throws }"),
    ])
    func whatThrowsHasToSayWhat(kind: String, declaration: String) throws {
        #expect(
            try silent(kind, declaration, comment: "The thing.")
                == ["Reactor Socket.member (Sources/Reactor/Socket.swift)"])
        #expect(try silent(kind, declaration, comment: "The thing.", "- Returns: It.", "- Throws:") != [])
        #expect(try silent(kind, declaration, comment: "It throws: nothing.") != [])
        #expect(try silent(kind, declaration) != [])
        #expect(try silent(kind, declaration, comment: "The thing.", "", "- Throws: The `Errno` of read(2).") == [])
        #expect(try silent(kind, declaration, comment: "  - throws: its error") == [])
    }

    @Test(arguments: [
        ("method", "func stop()"),
        ("method", "func map<Output>(_ body: (Int) throws -> Output) rethrows -> Output"),
        ("method", "func wrap(_ body: @escaping (Int) async throws -> Int) -> (Int) async throws -> Int"),
        ("method", "func coded(read: [(Int) throws -> Int]) -> [Int]"),
        ("init", "init(_ sink: @escaping ([UInt8]) throws -> Void = { _ in })"),
        ("property", "var body: () throws -> Void { get set }"),
        ("typealias", "typealias Body = (Int) async throws -> Int"),
    ])
    func whatDoesNotThrowNeedNot(kind: String, declaration: String) throws {
        #expect(try silent(kind, declaration, comment: "The thing.") == [])
        #expect(try silent(kind, declaration) == [])
    }

    @Test func aRequirementSpeaksForItsWitness() throws {
        let next = ("method", "mutating func next() async throws -> Event?")
        #expect(try silent(next.0, next.1, fulfilling: true) == [])
        #expect(try silent(next.0, next.1, comment: "The next element.", from: "Swift", fulfilling: true) == [])
        #expect(try silent(next.0, next.1, comment: "The next event.", fulfilling: true) != [])
        #expect(try silent(next.0, next.1, comment: "The next event.", from: "Swift") != [])
    }

    /// The list for a module `Reactor` with this symbol alone.
    private func silent(
        _ kind: String, _ declaration: String, comment: String..., from author: String = "Reactor",
        fulfilling: Bool = false
    ) throws -> [String] {
        var symbol: [String: Any] = [
            "kind": ["identifier": "swift.\(kind)"], "identifier": ["precise": "s:1"],
            "pathComponents": ["Socket", "member"],
            "declarationFragments": declaration.split(separator: " ").map { ["spelling": "\($0) "] },
            "location": ["uri": "file:///home/Sources/x/Sources/Reactor/Socket.swift"],
        ]
        if !comment.isEmpty { symbol["docComment"] = ["module": author, "lines": comment.map { ["text": $0] }] }
        var relationship: [String: Any] = ["source": "s:1", "target": "s:2", "kind": "memberOf"]
        if fulfilling { relationship["sourceOrigin"] = ["identifier": "s:3", "displayName": "next()"] }
        let graph: [String: Any] = [
            "module": ["name": "Reactor"], "symbols": [symbol], "relationships": [relationship],
        ]
        return try JSONDecoder().decode(SymbolGraph.self, from: JSONSerialization.data(withJSONObject: graph))
            .silentThrows
    }
}
