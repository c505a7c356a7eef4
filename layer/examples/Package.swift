// swift-tools-version: 6.2
import PackageDescription

/// Programs that need one library of the package above.
func examples(_ names: [String], with product: String) -> [Target] {
    names.map { .executableTarget(name: $0, dependencies: [.product(name: product, package: "postinvoke")]) }
}

let package = Package(
    name: "examples",
    dependencies: [.package(name: "postinvoke", path: "../..")],
    targets: examples(["closures", "no-layer", "shutdown"], with: "PostInvokeRuntime")
        + examples(["echo", "chat"], with: "Reactor") + examples(["hello"], with: "ReactorHTTP"),
    swiftLanguageModes: [.v6]
)
