import Testing
import mutants

@Suite struct MutantTests {
    private static let list = """
        # About the form.

        mutant: both are one
        file: Sources/A.swift
        noticed by: ATests
        quick
          if a {
        -     b()
        + b()
        +     c()

        mutant: nothing is left
        file: Sources/B.swift
        noticed by: BTests
        -   b()

        """

    @Test func readsAList() throws {
        let mutants = try Mutant.read(Self.list)
        #expect(mutants.map(\.name) == ["both are one", "nothing is left"])
        #expect(mutants.map(\.file) == ["Sources/A.swift", "Sources/B.swift"])
        #expect(mutants.map(\.suite) == ["ATests", "BTests"])
        #expect(mutants.map(\.isQuick) == [true, false])
        #expect(
            try mutants[0].apply(to: "if a {\n  c()\n    if a {\n        b()\n}\n") == """
                if a {
                  c()
                if a {
                b()
                    c()
                }

                """)
        #expect(try mutants[1].apply(to: "a()\n  b()\nc()") == "a()\nc()")
    }

    @Test(arguments: [
        ("", 0), ("a()", 0), ("b() // b", 0), ("b()\nb()", 2), ("  b()\n\tb()\nb()\n", 2),
    ])
    func itsLinesStandThereOnce(text: String, count: Int) throws {
        let mutant = try Mutant.read(Self.list)[1]
        let failure = #expect(throws: Failure.self) { try mutant.apply(to: text) }
        #expect(
            failure?.description.hasPrefix("its lines stand in Sources/B.swift \(count) times") == true
        )
        #expect(failure?.description.hasSuffix("not there: b()") == (count == 0))
    }

    @Test(arguments: [
        ("- a()\n", "line 1: there is no mutant yet: - a()"),
        ("mutant: m\nfile: f\nnoticed by: t\n\n", "m: it names no file, no tests or no lines"),
        ("mutant: m\nfile: f\n- a()\n", "m: it names no file, no tests or no lines"),
        ("mutant: m\nnoticed by: t\n- a()\n", "m: it names no file, no tests or no lines"),
        ("mutant: m\n-a()\n", "line 2: neither a key nor a line of code: -a()"),
        ("mutant: m\n\nmutant: m\n", "line 3: this name is taken: mutant: m"),
    ])
    func aListThatIsWrongIsNamed(text: String, fault: String) {
        #expect(throws: Failure(fault)) { try Mutant.read(text) }
    }
}
