// swift-tools-version: 6.2
import PackageDescription

/// Programs that need one library of the package above.
func examples(_ names: [String], with products: String..., settings: [SwiftSetting] = []) -> [Target] {
    names.map {
        .executableTarget(
            name: $0, dependencies: products.map { .product(name: $0, package: "postinvoke") }, swiftSettings: settings)
    }
}

let package = Package(
    name: "examples",
    dependencies: [.package(name: "postinvoke", path: "../..")],
    targets: examples(["closures", "no-layer", "shutdown"], with: "PostInvokeRuntime")
        + examples(["echo", "chat"], with: "Reactor") + examples(["hello"], with: "ReactorHTTP")
        // These build in Embedded Swift, too, which the compiler then warns about early.
        + examples(
            ["telemetry-tail", "secrets-cache"], with: "LambdaExtension",
            settings: [.treatWarning("EmbeddedRestrictions", as: .error)])
        + examples(
            ["receipt"], with: "PostInvokeRuntime", "JSON",
            settings: [.treatWarning("EmbeddedRestrictions", as: .error)]),
    swiftLanguageModes: [.v6]
)
