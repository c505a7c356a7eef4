import Foundation

/// The dependencies of the package's targets, to compare the picture with.
struct Manifest {
    private struct Package: Decodable {
        struct Target: Decodable {
            struct Dependency: Decodable {
                /// The name first, a condition second.
                let byName: [Part?]?
                let target: [Part?]?

                var parts: [Part?] { byName ?? target ?? [] }
            }

            /// A name; a condition is none.
            struct Part: Decodable {
                let name: String?

                init(from decoder: any Decoder) throws {
                    name = try? decoder.singleValueContainer().decode(String.self)
                }
            }

            let name: String
            let type: String
            let path: String?
            let dependencies: [Dependency]
        }

        let targets: [Target]
    }

    struct Difference: Error, CustomStringConvertible { let description: String }

    private let package: Package

    init(_ json: Data) throws { package = try JSONDecoder().decode(Package.self, from: json) }

    /// Throws where the picture has not what the package has. An arrow is not drawn where others lead to the same
    /// module; CLinux may be left out, and what a trait brings is.
    func check(_ picture: Description) throws {
        var wrong: [String] = []
        for target in package.targets where target.type == "regular" || target.name == "postinvoke" {
            guard let module = picture.modules.first(where: { $0.name == target.name }) else {
                // What tests use is not drawn, the product for them included.
                let isForTests = ["Tests/", "tools/"].contains { target.path?.hasPrefix($0) == true }
                if !isForTests, target.name != "LambdaTesting" {
                    wrong.append("\(target.name) is not in the picture")
                }
                continue
            }
            let imports = imports(of: target.name)
            let ledTo = imports.reduce(into: Set<String>()) { $0.formUnion(reach(of: $1)) }
            let isLeftOut = !module.imports.contains("CLinux")
            let expected = imports.filter { $0 == "CLinux" ? !isLeftOut : !ledTo.contains($0) }
            if Set(expected) != Set(module.imports) {
                wrong.append("\(module.name) imports \(imports.sorted()), not \(module.imports.sorted())")
            }
        }
        for module in picture.modules where !package.targets.contains(where: { $0.name == module.name }) {
            wrong.append("\(module.name) is no target")
        }
        if !wrong.isEmpty { throw Difference(description: wrong.joined(separator: "\n")) }
    }

    /// Throws where a file imports a module of the package that its target does not depend on by its own word: the
    /// compiler takes such an import when some other target depends on the module.
    func checkImports(in root: URL) throws {
        let names = Set(package.targets.map(\.name))
        var wrong: [String] = []
        for target in package.targets where target.type != "system" {
            let folder = target.path ?? (target.type == "test" ? "Tests/" : "Sources/") + target.name
            let declared = Set(target.dependencies.compactMap { $0.parts.first??.name })
            let files = FileManager.default.enumerator(
                at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
            for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
                for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                    guard let match = line.firstMatch(of: /^[@\w() ]*\bimport (?:(?:struct|enum|class|func) )?(\w+)/),
                        case let name = String(match.1), names.contains(name), !declared.contains(name)
                    else { continue }
                    wrong.append("\(target.name) does not declare \(name), which \(file.lastPathComponent) imports")
                }
            }
        }
        if !wrong.isEmpty { throw Difference(description: wrong.joined(separator: "\n")) }
    }

    /// The dependencies of a target in every build.
    private func imports(of name: String) -> [String] {
        let dependencies = package.targets.first { $0.name == name }?.dependencies ?? []
        return dependencies.compactMap { dependency in
            let parts = dependency.parts
            let isConditional = parts.count > 1 && parts[1] != nil
            return isConditional ? nil : parts.first??.name
        }
    }

    /// The dependencies of a target, and theirs, and so on.
    private func reach(of name: String) -> Set<String> {
        imports(of: name).reduce(into: []) { $0.formUnion(reach(of: $1).union([$1])) }
    }
}
