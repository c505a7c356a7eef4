// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "my-extension",
    dependencies: [
        // A checkout of postinvoke beside this folder.
        .package(path: "../postinvoke")
    ],
    targets: [
        .executableTarget(
            name: "my-extension",
            dependencies: [.product(name: "LambdaExtension", package: "postinvoke")],
            // Warns of some of what Embedded Swift cannot do already in an ordinary build.
            swiftSettings: [.treatWarning("EmbeddedRestrictions", as: .error)])
    ],
    swiftLanguageModes: [.v6]
)
