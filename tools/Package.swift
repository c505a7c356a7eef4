// swift-tools-version: 6.2
import PackageDescription

let ordinary: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

let package = Package(
    name: "postinvoke-tools",
    products: [
        .executable(name: "lambda-sandbox", targets: ["lambda-sandbox"]),
        .executable(name: "bench", targets: ["bench"]),
        .executable(name: "api-surface", targets: ["api-surface"]),
        .executable(name: "pictures", targets: ["pictures"]),
        .executable(name: "soak", targets: ["soak"]),
        .library(name: "Sandbox", targets: ["Sandbox"]),
    ],
    traits: [
        .trait(name: "Systemd", description: "The programs are at home under systemd; links libsystemd")
    ],
    dependencies: [
        .package(
            name: "postinvoke", path: "..",
            traits: [.defaults, .trait(name: "Systemd", condition: .when(traits: ["Systemd"]))]),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // Pure: the life cycle of one environment, and its picture. No I/O, no clock.
        .target(name: "SandboxCore", swiftSettings: ordinary),
        .target(name: "Timeline", dependencies: ["SandboxCore"], swiftSettings: ordinary),

        // Mechanism: processes, sockets, clocks.
        .target(name: "CSandbox"),
        .target(
            name: "Sandbox",
            dependencies: [
                "SandboxCore", "CSandbox",
                .product(name: "Reactor", package: "postinvoke"),
                .product(name: "ReactorHTTP", package: "postinvoke"),
                .product(name: "LambdaExtension", package: "postinvoke"),
            ],
            swiftSettings: ordinary),
        .target(
            name: "SandboxService",
            dependencies: [
                "Sandbox", .product(name: "Systemd", package: "postinvoke", condition: .when(traits: ["Systemd"])),
            ],
            swiftSettings: ordinary),
        .executableTarget(
            name: "lambda-sandbox",
            dependencies: [
                "Sandbox", "SandboxService", "Timeline",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: ordinary),

        // The benchmark: what is pure of it, its clock and its raw client in C, and the program (see bench/README.md).
        .target(name: "BenchCore", swiftSettings: ordinary),
        .target(name: "CBench"),
        .executableTarget(
            name: "bench",
            dependencies: [
                "BenchCore", "CBench", .product(name: "PostInvoke", package: "postinvoke"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: ordinary),

        // Endurance: the plan, the books and the report (pure), the driver, and the function that plays the plan.
        .target(
            name: "SoakCore", dependencies: [.product(name: "Histogram", package: "hdrhistogram-swift")],
            swiftSettings: ordinary),
        .executableTarget(
            name: "soak",
            dependencies: [
                "Sandbox", "SandboxService", "SoakCore", "soak-function",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: ordinary),
        .executableTarget(
            name: "soak-function",
            dependencies: ["SoakCore", .product(name: "PostInvokeRuntime", package: "postinvoke")],
            swiftSettings: ordinary),

        // The public interface as text, for its record in docs/api.
        .executableTarget(
            name: "api-surface", dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: ordinary),

        // The pictures of the architecture and the life cycle, from pictures/pictures.txt.
        .executableTarget(
            name: "pictures",
            dependencies: ["Timeline", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: ordinary),

        // What test targets of processes share.
        .target(
            name: "ToolsTestSupport", dependencies: ["Sandbox"], path: "Tests/ToolsTestSupport", swiftSettings: ordinary
        ),
        .testTarget(name: "ApiSurfaceTests", dependencies: ["api-surface"], swiftSettings: ordinary),
        .testTarget(name: "BenchCoreTests", dependencies: ["BenchCore"], swiftSettings: ordinary),
        .testTarget(name: "SandboxCoreTests", dependencies: ["SandboxCore"], swiftSettings: ordinary),
        .testTarget(name: "SoakCoreTests", dependencies: ["SoakCore"], swiftSettings: ordinary),
        .testTarget(name: "TimelineTests", dependencies: ["Timeline"], swiftSettings: ordinary),
        .testTarget(
            name: "SandboxTests", dependencies: ["Sandbox", "CSandbox", "lambda-sandbox", "ToolsTestSupport"],
            exclude: ["Fixtures"],
            swiftSettings: ordinary),
        // The extension as a process: POSTINVOKE_EXTENSION names another build of it than this package's own.
        .testTarget(
            name: "ExtensionTests",
            dependencies: [
                "ToolsTestSupport",
                .product(name: "ReactorHTTP", package: "postinvoke"),
                .product(name: "LambdaExtension", package: "postinvoke"),
                .product(name: "postinvoke", package: "postinvoke"),
            ],
            exclude: ["Fixtures"],
            swiftSettings: ordinary),
        // The parts of the project as processes, none of which it links but, for what strikes them and when, the sandbox and
        // the soak's random numbers: they are built before (see Program.swift).
        .testTarget(
            name: "EndToEndTests", dependencies: ["lambda-sandbox", "Sandbox", "SoakCore", "ToolsTestSupport"],
            exclude: ["Fixtures"],
            swiftSettings: ordinary),
    ],
    swiftLanguageModes: [.v6]
)
