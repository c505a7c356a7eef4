// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "my-extension",
    dependencies: [
        // As published: .package(url: "https://.../postinvoke.git", from: "0.1.0")
        .package(name: "postinvoke", path: "../postinvoke")
    ],
    targets: [
        .executableTarget(
            name: "my-extension",
            dependencies: [.product(name: "LambdaExtension", package: "postinvoke")],
            // Warns of some of what Embedded Swift cannot do already in an ordinary build.
            swiftSettings: [.treatWarning("EmbeddedRestrictions", as: .error)]),
        .testTarget(
            name: "my-extensionTests",
            dependencies: ["my-extension", .product(name: "LambdaExtension", package: "postinvoke")]),
    ],
    swiftLanguageModes: [.v6]
)
