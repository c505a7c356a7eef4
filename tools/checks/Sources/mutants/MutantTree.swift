import Foundation

/// A copy of whatever the tests are built from, and a build of it: nothing in the checkout is ever broken.
struct MutantTree {
    private let checkout: String
    /// The folder of the copy and its build; both serve the next time, too.
    private let folder: String
    private var copy: String { folder + "/tree" }
    private let files = FileManager.default

    /// Brings the copy up to date.
    ///
    /// - Parameter suites: the test targets that are built; the others would be built anew for each mutant, too.
    init(of checkout: String, suites: Set<String>) throws {
        self.checkout = checkout
        folder = checkout + "/.build-mutants"
        try files.createDirectory(atPath: copy, withIntermediateDirectories: true)
        let listed = try Run(
            [
                "git", "ls-files", "-co", "--exclude-standard", "Package.swift", "Sources", "Tests", "Vendor",
                "layer/postinvoke", "tools/sandbox/Sources", "tools/shared/Sources",
            ],
            in: checkout, log: folder + "/files.log")
        let sources = Set(listed.wait().output.split(separator: "\n").map(String.init)).filter {
            files.fileExists(atPath: checkout + "/" + $0)
        }
        for place in ["Sources", "Tests", "Vendor", "layer", "tools"] {
            for path in files.subpaths(atPath: copy + "/" + place)?.map({ place + "/" + $0 }) ?? []
            where !sources.contains(path) && text(of: path, in: copy) != nil {
                try files.removeItem(atPath: copy + "/" + path)
            }
        }
        for path in sources where path != "Package.swift" { try write(text(of: path), to: path) }
        let names = suites.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
        let others = "package.targets.removeAll { $0.type == .test && ![\(names)].contains($0.name) }\n"
        try write(text(of: "Package.swift") + others, to: "Package.swift")
    }

    /// The text of a file as it is in the checkout.
    func text(of path: String) throws -> String {
        guard let text = text(of: path, in: checkout) else { throw Failure("\(path) is not there") }
        return text
    }

    private func text(of path: String, in folder: String) -> String? {
        try? String(contentsOfFile: folder + "/" + path, encoding: .utf8)
    }

    /// Gives a file of the copy this text. One that has it already is left alone, and need not be compiled.
    func write(_ text: String, to path: String) throws {
        guard self.text(of: path, in: copy) != text else { return }
        let place = URL(filePath: copy + "/" + path)
        try files.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: place, atomically: false, encoding: .utf8)
    }

    /// Builds the tests; returns what the compiler has against the code.
    func build() throws -> String? {
        let command = ["swift", "build", "--product", "postinvokePackageTests", "-debug-info-format", "none"]
        let (code, output) = try Run(command, in: copy, log: folder + "/build.log").wait()
        return code == 0
            ? nil : output.split(separator: "\n").first { $0.contains("error:") }.map(String.init) ?? output
    }

    /// Starts the tests as they are built now; a further build may run beside them.
    func startTests(of suite: String, steps: Int) throws -> Run {
        let tests = folder + "/tests"
        try? files.removeItem(atPath: tests)
        try files.copyItem(atPath: copy + "/.build/debug/postinvokePackageTests.xctest", toPath: tests)
        // The limit is for what hangs. Without --foreground it would lead a process group of its own, which Ctrl-C does not end.
        return try Run(
            [
                "timeout", "--foreground", "600", tests, "--testing-library", "swift-testing", "--filter",
                "^\(suite)\\.",
            ], in: copy, log: folder + "/tests.log",
            variables: ["POSTINVOKE_SIMULATION_STEPS": "\(steps)", "SWIFT_BACKTRACE": "enable=no"])
    }
}
