// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "examples",
    dependencies: [.package(name: "postinvoke", path: "../..")],
    targets: ["closures", "no-layer", "shutdown"].map { name in
        .executableTarget(name: name, dependencies: [.product(name: "PostInvokeRuntime", package: "postinvoke")])
    },
    swiftLanguageModes: [.v6]
)
