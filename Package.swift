// swift-tools-version: 6.2
import PackageDescription

/// Ordinary Swift: what runs in the user's process. A file sees the members of what it imports, and of what that exports.
let ordinary: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
]

/// The modules that call handlers: what they call stays on the thread where they are, unless it is isolated elsewhere.
let calling: [SwiftSetting] = ordinary + [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

/// The core also compiles as Embedded Swift; the compiler warns early of what that mode cannot do.
let core: [SwiftSetting] = ordinary + [.treatWarning("EmbeddedRestrictions", as: .error)]

let package = Package(
    name: "postinvoke",
    products: [
        .library(name: "Reactor", targets: ["Reactor"]),
        .library(name: "HTTP1", targets: ["HTTP1"]),
        .library(name: "JSON", targets: ["JSON"]),
        .library(name: "ReactorHTTP", targets: ["ReactorHTTP"]),
        .library(name: "LambdaExtension", targets: ["LambdaExtension"]),
        .library(name: "LambdaRuntime", targets: ["LambdaRuntime"]),
        .library(name: "LambdaRuntimeCodable", targets: ["LambdaRuntimeCodable"]),
        .library(name: "Systemd", targets: ["Systemd"]),
        .library(name: "JournalLogging", targets: ["JournalLogging"]),
        .library(name: "PostInvoke", targets: ["PostInvoke"]),
        .library(name: "PostInvokeRuntime", targets: ["PostInvokeRuntime"]),
        .library(name: "LambdaTesting", targets: ["LambdaTesting"]),
        // The parts of that, for the package of the tools alone.
        .library(name: "Sandbox", targets: ["Sandbox", "SandboxCore"]),
        .library(name: "Processes", targets: ["Processes", "CProcesses"]),
        .library(name: "Randomness", targets: ["Randomness"]),
        .executable(name: "postinvoke", targets: ["postinvoke"]),
    ],
    traits: [
        .trait(
            name: "Systemd", description: "The journal, sd_notify, the watchdog and socket activation; links libsystemd"
        ),
        .trait(
            name: "SwiftLog", description: "JournalLogging: swift-log into the journal", enabledTraits: ["Systemd"]),
    ],
    dependencies: [
        // Not even looked at without the trait.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2")
    ],
    targets: [
        // Pure: no I/O, no clock.
        .systemLibrary(name: "CSIMD", path: "Vendor/CSIMD"),
        .target(name: "Bytes", swiftSettings: core),
        .target(name: "HTTP1", dependencies: ["Bytes", "CSIMD"], swiftSettings: core),
        .target(name: "JSON", dependencies: ["Bytes", "CSIMD"], swiftSettings: core),

        // Mechanism.
        // libm is for Embedded programs that compute with floating point, which do not name it themselves; nothing here calls it.
        .target(name: "CLinux", path: "Vendor/CLinux", linkerSettings: [.linkedLibrary("m")]),
        .target(name: "Reactor", dependencies: ["Bytes", "CLinux"], swiftSettings: core),
        .target(name: "ReactorHTTP", dependencies: ["Reactor", "HTTP1", "Bytes"], swiftSettings: core),

        // Replaces libc in a static executable of one thread; empty in every other.
        .target(name: "Freestanding", dependencies: ["Bytes", "CLinux"], exclude: ["README.md"], swiftSettings: core),

        // Integrates with systemd. Only the trait links libsystemd, and only with it do the products use this module.
        .systemLibrary(
            name: "CSystemd", path: "Vendor/CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(
            name: "Systemd",
            dependencies: ["Reactor", "CLinux", .target(name: "CSystemd", condition: .when(traits: ["Systemd"]))],
            swiftSettings: core),

        .target(
            name: "JournalLogging",
            dependencies: [
                "Systemd", .product(name: "Logging", package: "swift-log", condition: .when(traits: ["SwiftLog"])),
            ],
            swiftSettings: ordinary),

        // Lambda.
        .target(name: "LambdaAPI", dependencies: ["ReactorHTTP", "JSON", "Bytes", "CLinux"], swiftSettings: core),
        .target(name: "LambdaExtension", dependencies: ["LambdaAPI"], swiftSettings: core),
        // When to ask for Next, which the layer's extension and the SDK decide alike.
        .target(
            name: "Hold", dependencies: ["LambdaExtension", "LambdaAPI", "ReactorHTTP", "Reactor", "JSON", "Bytes"],
            swiftSettings: core),
        .target(
            name: "LambdaRuntime", dependencies: ["LambdaAPI", "HostProcess", "Reactor", "HTTP1", "CLinux"],
            swiftSettings: calling),
        .target(name: "LambdaRuntimeCodable", dependencies: ["LambdaRuntime", "LambdaAPI"], swiftSettings: calling),

        // The parts of the user's process that our libraries need: threads, a loop on one of them, poll(2).
        .target(name: "HostProcess", dependencies: ["Reactor", "CLinux"], swiftSettings: ordinary),

        // Products.
        .executableTarget(
            name: "postinvoke",
            dependencies: [
                "Hold", "LambdaExtension", "Freestanding", "CLinux",
                .target(name: "Systemd", condition: .when(traits: ["Systemd"])),
            ],
            path: "layer/postinvoke",
            swiftSettings: core),
        .target(
            name: "PostInvoke",
            dependencies: [
                "Hold", "LambdaExtension", "LambdaAPI", "HostProcess", "Reactor", "HTTP1", "Bytes", "CLinux",
            ],
            swiftSettings: ordinary),
        .target(name: "PostInvokeRuntime", dependencies: ["PostInvoke", "LambdaRuntime"], swiftSettings: calling),

        // For tests of functions: Lambda on this machine. What it is made of stands with the tools, which have more of it.
        .target(name: "Randomness", path: "tools/shared/Sources/Randomness", swiftSettings: ordinary),
        .target(name: "CProcesses", path: "tools/shared/Sources/CProcesses"),
        .target(
            name: "Processes", dependencies: ["CProcesses", "Reactor"], path: "tools/shared/Sources/Processes",
            swiftSettings: ordinary),
        .target(
            name: "SandboxCore", dependencies: ["Randomness"], path: "tools/sandbox/Sources/SandboxCore",
            swiftSettings: ordinary),
        .target(
            name: "Sandbox",
            dependencies: [
                "SandboxCore", "CProcesses", "Processes", "Reactor", "ReactorHTTP", "HTTP1", "LambdaExtension", "JSON",
            ],
            path: "tools/sandbox/Sources/Sandbox", swiftSettings: ordinary),
        .target(
            name: "LambdaTesting",
            dependencies: ["Sandbox", "SandboxCore", "HostProcess", "Reactor", "Bytes"], swiftSettings: ordinary),

        .testTarget(name: "BytesTests", dependencies: ["Bytes", "TestSupport"], swiftSettings: ordinary),
        .testTarget(name: "HTTP1Tests", dependencies: ["HTTP1", "Bytes", "TestSupport"], swiftSettings: ordinary),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"], swiftSettings: ordinary),
        .testTarget(
            name: "HoldTests", dependencies: ["Hold", "LambdaAPI", "Reactor", "Bytes", "TestSupport"],
            swiftSettings: ordinary),
        .testTarget(name: "ReactorTests", dependencies: ["Reactor", "CLinux", "TestSupport"], swiftSettings: ordinary),
        .testTarget(
            name: "ReactorHTTPTests", dependencies: ["ReactorHTTP", "Reactor", "HTTP1", "CLinux", "TestSupport"],
            swiftSettings: ordinary),
        .testTarget(name: "SystemdTests", dependencies: ["Systemd", "CLinux", "TestSupport"], swiftSettings: ordinary),
        .testTarget(
            name: "LambdaAPITests", dependencies: ["LambdaAPI", "HTTP1", "CLinux", "TestSupport"],
            swiftSettings: ordinary),
        .testTarget(
            name: "HostProcessTests", dependencies: ["HostProcess", "Reactor", "CLinux", "TestSupport"],
            swiftSettings: ordinary),
        .testTarget(
            name: "LambdaExtensionTests", dependencies: ["LambdaExtension", "TestSupport", "CLinux"],
            swiftSettings: ordinary),
        .testTarget(
            name: "LambdaRuntimeTests",
            dependencies: [
                "LambdaRuntimeCodable", "LambdaRuntime", "LambdaAPI", "HostProcess", "ReactorHTTP", "Bytes",
                "ServiceFakes",
                "TestSupport", "CLinux",
            ],
            swiftSettings: ordinary),
        .testTarget(
            name: "PostInvokeTests",
            dependencies: [
                "PostInvokeRuntime", "PostInvoke", "LambdaAPI", "Hold", "HostProcess", "Reactor", "ServiceFakes",
                "TestSupport",
                "test-function",
                "postinvoke", "CLinux",
            ],
            swiftSettings: ordinary),
        .testTarget(
            name: "LambdaTestingTests",
            dependencies: [
                "LambdaTesting", "Processes", "HostProcess", "Reactor", "TestSupport", "test-function", "postinvoke",
                "CLinux",
            ], swiftSettings: ordinary),
        // The whole extension on a kernel and clocks that are simulated.
        .testTarget(
            name: "SimulationTests", dependencies: ["postinvoke", "CSimulatedKernel", "TestSupport", "CLinux"],
            swiftSettings: ordinary),
        .target(
            name: "ServiceFakes", dependencies: ["ReactorHTTP", "HostProcess", "TestSupport", "CLinux"],
            path: "Tests/ServiceFakes", swiftSettings: ordinary),
        .executableTarget(
            name: "test-function", dependencies: ["PostInvokeRuntime", "LambdaAPI", "HostProcess", "JSON", "CLinux"],
            path: "Tests/Fixtures/TestFunction", swiftSettings: ordinary),
        .executableTarget(
            name: "journal-writer",
            dependencies: [
                "JournalLogging", "Systemd", "CAllocationCount",
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["SwiftLog"])),
            ],
            path: "Tests/Fixtures/JournalWriter", swiftSettings: ordinary),
        .target(
            name: "TestSupport", dependencies: ["Bytes", "CAllocationCount", "CLinux"], path: "Tests/TestSupport",
            swiftSettings: ordinary),
        // Stands before malloc in the test executable; no product depends on it.
        .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
        // Stands before system calls there; likewise.
        .target(name: "CSimulatedKernel", path: "Tests/CSimulatedKernel"),
    ],
    swiftLanguageModes: [.v6]
)
