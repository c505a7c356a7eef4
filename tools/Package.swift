// swift-tools-version: 6.2
import PackageDescription

/// A target of a subject: its files stand in SUBJECT/Sources/NAME, those of tests in SUBJECT/Tests/NAME.
func target(
    _ name: String, of subject: String, uses dependencies: [Target.Dependency] = [], embedding resources: [String] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "\(subject)/Sources/\(name)",
        resources: resources.map { .embedInCode($0) }, packageAccess: false, swiftSettings: ordinary)
}
func program(_ name: String, of subject: String, uses dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "\(subject)/Sources/\(name)", packageAccess: false,
        swiftSettings: ordinary)
}
func tests(
    _ name: String, of subject: String, uses dependencies: [Target.Dependency], excluding: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "\(subject)/Tests/\(name)", exclude: excluding,
        packageAccess: false, swiftSettings: ordinary)
}
/// A product of the root package.
func postinvoke(_ name: String) -> Target.Dependency { .product(name: name, package: "postinvoke") }
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let sandbox = postinvoke("Sandbox"), processes = postinvoke("Processes"), randomness = postinvoke("Randomness")

/// The root package's name before the compiler, made of its folder's: these targets share its `package` declarations.
let folder = Context.packageDirectory.split(separator: "/").dropLast().last!.lowercased()
let root = String(folder.enumerated().map { $1.isLetter || $0 > 0 && $1.isNumber ? $1 : "_" })
let ordinary: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .unsafeFlags(["-package-name", root]),
]

let package = Package(
    name: "postinvoke-tools",
    products: [
        .executable(name: "lambda-sandbox", targets: ["lambda-sandbox"]),
        .executable(name: "bench", targets: ["bench"]),
        .executable(name: "api-surface", targets: ["api-surface"]),
        .executable(name: "pictures", targets: ["pictures"]),
        .executable(name: "follow-links", targets: ["follow-links"]),
        .executable(name: "soak", targets: ["soak"]),
    ],
    traits: [
        .trait(name: "Systemd", description: "The programs integrate with systemd; links libsystemd")
    ],
    dependencies: [
        .package(
            name: "postinvoke", path: "..",
            traits: [.defaults, .trait(name: "Systemd", condition: .when(traits: ["Systemd"]))]),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // The sandbox: what is here beside the root package's SandboxCore and Sandbox, which its product LambdaTesting uses.
        // Pure: a picture, and events.
        target("Timeline", of: "sandbox", uses: [sandbox, "Charts"]),
        target("SampleEvents", of: "sandbox", uses: [postinvoke("LambdaExtension")], embedding: ["Events"]),
        // Mechanism: processes, sockets, clocks.
        target(
            "SandboxService", of: "sandbox",
            uses: [
                sandbox, "Terminal",
                .product(name: "Systemd", package: "postinvoke", condition: .when(traits: ["Systemd"])),
            ]),
        // A page for browsers, which shows what happens.
        target(
            "SandboxPage", of: "sandbox", uses: [sandbox, "Timeline", postinvoke("ReactorHTTP")], embedding: ["Web"]),
        program(
            "lambda-sandbox", of: "sandbox",
            uses: [
                "SampleEvents", sandbox, "SandboxPage", "SandboxService", "Terminal", "Timeline", "Version",
                argumentParser,
            ]),
        tests("SandboxCoreTests", of: "sandbox", uses: [sandbox]),
        tests("SampleEventsTests", of: "sandbox", uses: ["SampleEvents"]),
        tests("TimelineTests", of: "sandbox", uses: [sandbox, "Timeline", "Charts"]),
        tests(
            "SandboxTests", of: "sandbox",
            uses: [sandbox, "SandboxPage", processes, "lambda-sandbox", "ToolsTestSupport"],
            excluding: ["Fixtures"]),

        // The benchmark: what is pure of it, its clock and its raw client in C, and the program (see bench/README.md).
        target("BenchCore", of: "bench", uses: ["Charts"]),
        target("CBench", of: "bench", uses: [processes]),
        program(
            "bench", of: "bench",
            uses: [
                "BenchCore", "CBench", processes, "Charts", "Terminal", "Version",
                postinvoke("PostInvoke"), argumentParser,
            ]),
        tests("BenchCoreTests", of: "bench", uses: ["BenchCore", "Charts"]),

        // Endurance: the plan, the books and the report (pure), the driver, and the function that plays the plan.
        target(
            "SoakCore", of: "soak",
            uses: ["Charts", randomness, .product(name: "Histogram", package: "hdrhistogram-swift")]),
        program(
            "soak", of: "soak",
            uses: [
                "Charts", processes, sandbox, "SandboxService", "SoakCore", "Terminal", "Version",
                "soak-function", argumentParser,
            ]),
        program("soak-function", of: "soak", uses: ["SoakCore", postinvoke("PostInvokeRuntime")]),
        tests("SoakCoreTests", of: "soak", uses: ["SoakCore", "Charts", "Terminal"]),

        // The public interface as text, for its record in docs/api; the pictures, from docs/pictures/pictures.txt.
        program("api-surface", of: "docs", uses: ["Version", argumentParser]),
        program("pictures", of: "docs", uses: ["Charts", "Version", argumentParser]),
        tests("ApiSurfaceTests", of: "docs", uses: ["api-surface"]),
        // A browser on the site of documentation.
        program("follow-links", of: "docs", uses: [processes, "Version", argumentParser]),
        tests("FollowLinksTests", of: "docs", uses: ["follow-links"]),

        // Breaks the code, and sees whether the tests notice.
        program(
            "mutants", of: "checks",
            uses: [processes, "Terminal", "Version", postinvoke("Reactor"), argumentParser]),
        tests("MutantsTests", of: "checks", uses: ["mutants"]),
        // The extension as a process: POSTINVOKE_EXTENSION names another build of it than this package's own.
        tests(
            "ExtensionTests", of: "checks",
            uses: [
                processes, "ToolsTestSupport", postinvoke("ReactorHTTP"), postinvoke("LambdaExtension"),
                // Whose part the page is (Hold).
                postinvoke("PostInvoke"), postinvoke("postinvoke"),
            ], excluding: ["Fixtures"]),
        // The parts of the project as processes, none of which it links but, for what strikes them, the sandbox: they are
        // built before (see Program.swift).
        tests(
            "EndToEndTests", of: "checks",
            uses: ["follow-links", "lambda-sandbox", processes, randomness, sandbox, "ToolsTestSupport"],
            excluding: ["Fixtures"]),

        // What several subjects use: pictures and tables (pure); what test targets of processes share.
        target("Charts", of: "shared"),
        tests("ChartsTests", of: "shared", uses: ["Charts"]),
        target("Terminal", of: "shared", uses: [postinvoke("Reactor")]),
        // The root package's own, by a link: `package` ends at a package.
        target("Version", of: "shared"),
        target("ToolsTestSupport", of: "shared", uses: ["Terminal", processes, sandbox, postinvoke("Reactor")]),
    ],
    swiftLanguageModes: [.v6]
)
