import Glibc

/// The files that a build starts from: whatever is in some folders, but for what is hidden, as `.build` and `.git` are, and for an
/// editor's copies.
package struct SourceTree {
    /// Absolute paths.
    package let roots: [String]

    package init(_ roots: [String]) { self.roots = roots }

    /// True if a file or folder belongs to it.
    package func contains(_ path: String) -> Bool {
        roots.contains { root in
            guard path.hasPrefix(root) else { return false }
            let names = path.dropFirst(root.count).split(separator: "/", omittingEmptySubsequences: false)
            return names.first == "" && names.dropFirst().allSatisfy { $0.first != "." && $0.last != "~" }
        }
    }

    /// Calls `body` with a folder of it and each one below, none of them by a link.
    func visit(_ folder: String, _ body: (String) throws(Errno) -> Void) throws(Errno) {
        do throws(Errno) {
            try body(folder)
        } catch {
            // It went meanwhile, or is none; nothing that cannot be read is a source.
            if [ENOENT, ENOTDIR, EACCES].contains(error.rawValue) { return }
            throw error
        }
        guard let stream = opendir(folder) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let kind = Int32(entry.pointee.d_type)
            guard kind == DT_DIR || kind == DT_UNKNOWN else { continue }
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(cString: $0.bindMemory(to: CChar.self).baseAddress!)
            }
            if contains("\(folder)/\(name)") { try visit("\(folder)/\(name)", body) }
        }
    }
}
