// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "my-function",
    dependencies: [
        // As published: .package(url: "https://.../postinvoke.git", from: "0.1.0")
        .package(name: "postinvoke", path: "../postinvoke")
    ],
    targets: [
        .executableTarget(
            name: "my-function",
            dependencies: [
                .product(name: "LambdaRuntimeCodable", package: "postinvoke"),
                .product(name: "PostInvokeRuntime", package: "postinvoke"),
            ]),
        .testTarget(
            name: "my-functionTests",
            dependencies: [
                "my-function",
                .product(name: "LambdaTesting", package: "postinvoke"),
                .product(name: "PostInvokeRuntime", package: "postinvoke"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
