import ArgumentParser
import Foundation
import Version

/// Draws the project's pictures from their description.
@main struct Pictures: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draws architecture.svg and life-cycle.svg from pictures.txt.",
        version: "pictures \(postinvokeVersion)")

    @Argument(help: "The description.", completion: .file())
    var source: String

    @Option(
        help: "The output of swift package dump-package here, to compare picture and sources with.", completion: .file()
    )
    var package: String?

    @Argument(help: "The folder for the pictures.", completion: .directory)
    var folder: String

    func run() throws {
        let description = try Description(String(contentsOfFile: source, encoding: .utf8))
        if let package {
            let manifest = try Manifest(Data(contentsOf: URL(fileURLWithPath: package)))
            try manifest.check(description)
            try manifest.checkImports(in: URL(fileURLWithPath: ".", isDirectory: true))
        }
        let folder = URL(fileURLWithPath: folder, isDirectory: true)
        for (name, text) in [
            ("architecture.svg", Architecture(description: description).draw()),
            ("life-cycle.svg", LifeCycle(description: description).draw()),
        ] {
            try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
    }
}
