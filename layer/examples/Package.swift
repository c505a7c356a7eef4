// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "examples",
    dependencies: [.package(name: "postinvoke", path: "../..")],
    targets: [
        .executableTarget(
            name: "closures", dependencies: [.product(name: "PostInvokeRuntime", package: "postinvoke")])
    ],
    swiftLanguageModes: [.v6]
)
