// swift-tools-version: 6.2
import PackageDescription

let ordinary: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

// A package of its own: it links libFuzzer, which only the flags of `tools/fuzz/run` bring, and SwiftNIO as a judge.
let package = Package(
    name: "postinvoke-fuzzing",
    dependencies: [
        .package(name: "postinvoke", path: "../.."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "CFuzzer",
                .product(name: "LambdaExtension", package: "postinvoke"),
                .product(name: "PostInvoke", package: "postinvoke"),
                .product(name: "Sandbox", package: "postinvoke"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: ordinary),
    ],
    swiftLanguageModes: [.v6]
)
