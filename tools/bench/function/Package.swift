// swift-tools-version: 6.2
import PackageDescription

/// A function that is measured, of which each is as small as it can be.
func function(_ name: String, with products: String...) -> Target {
    .executableTarget(
        name: name, dependencies: products.map { .product(name: $0, package: "postinvoke") }, path: "programs/\(name)",
        swiftSettings: [.enableUpcomingFeature("ExistentialAny")])
}

// The functions that are measured, in today's build and in the baseline's, which has this folder at the same place: what they
// use must be in both.
let package = Package(
    name: "function-bench",
    dependencies: [.package(name: "postinvoke", path: "../../..")],
    targets: [
        function("blocking", with: "LambdaRuntime"), function("async", with: "LambdaRuntime"),
        function("streaming", with: "LambdaRuntime"), function("codable", with: "LambdaRuntimeCodable"),
        function("wrapped", with: "PostInvokeRuntime"), function("done-calls", with: "PostInvoke"),
        // The baseline has no product JSON; LambdaExtension brings it along.
        function("embedded", with: "LambdaRuntime", "LambdaExtension"),
    ],
    swiftLanguageModes: [.v6]
)
