// swift-tools-version: 6.2
import PackageDescription

let ordinary: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

// The programs that the library's benchmark measures: each is small, so that callgrind has little to count beside them.
let package = Package(
    name: "library-bench",
    products: [.library(name: "Heads", targets: ["Heads"])],
    dependencies: [.package(name: "postinvoke", path: "../../..")],
    targets: [
        .target(name: "Timing", path: "programs/Timing", swiftSettings: ordinary),
        // The table of heads and the way a parser is timed, for the peer too.
        .target(name: "Heads", dependencies: ["Timing"], path: "programs/Heads", swiftSettings: ordinary),
        .executableTarget(
            name: "parse-heads", dependencies: ["Heads", .product(name: "HTTP1", package: "postinvoke")],
            path: "programs/parse-heads",
            swiftSettings: ordinary),
        .target(name: "CMemory", path: "programs/CMemory"),
        .executableTarget(
            name: "serve", dependencies: ["CMemory", .product(name: "ReactorHTTP", package: "postinvoke")],
            path: "programs/serve",
            swiftSettings: ordinary),
        .executableTarget(
            name: "timers", dependencies: ["Timing", .product(name: "Reactor", package: "postinvoke")],
            path: "programs/timers",
            swiftSettings: ordinary),
        .executableTarget(
            name: "tasks", dependencies: ["Timing", .product(name: "Reactor", package: "postinvoke")],
            path: "programs/tasks",
            swiftSettings: ordinary),
    ],
    swiftLanguageModes: [.v6]
)
