import Glibc

/// The folders of the executables and of the sources that they are built from, whose changes become inputs of a
/// ``SandboxCore/WatchPolicy``.
package final class WatchedPlaces {
    private let tree: SourceTree
    private let programs: [String]
    /// The programs' files, and those that links among them lead to: their folders have other files, too.
    private var files: Set<String> = []
    private var folders: FolderWatch!
    /// True once it was said that not everything can be watched.
    private var hasComplained = false
    private let say: (String) -> Void
    private let onInput: (WatchPolicy.Input) -> Void

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - sources: folders, which are watched with all below them.
    ///   - say: called with what there is to say.
    /// - Throws: that of inotify(7): `ENOSPC` when there are more folders than may be watched, `ENOENT` for one that is not there.
    package init(
        loop: EventLoop, programs: [String], sources: [String], say: @escaping (String) -> Void,
        onInput: @escaping (WatchPolicy.Input) -> Void
    ) throws(Errno) {
        tree = SourceTree(sources)
        self.programs = programs
        self.say = say
        self.onInput = onInput
        folders = try FolderWatch(loop: loop) { [unowned self] in take($0) }
        if let fault = addFolders().fault { throw fault }
    }

    /// Reports what has happened until now.
    package func drain() { folders.drain() }

    /// Watches what was made anew, and reports what is missing, to be called again then.
    package func restore() {
        let (roots, fault) = addFolders()
        for root in roots { onInput(.source(root)) }
        guard let fault else { return }
        complain(fault)
        onInput(.lost)
    }

    private func take(_ event: FolderWatch.Event) {
        switch event {
        case .file(let path, _) where files.contains(path): onInput(.program)
        case .file(let path, let change): if tree.contains(path) { onInput(.source(path, change)) }
        case .folder(let path, let change):
            guard tree.contains(path) else { return }
            addTree(path)
            onInput(.source(path, change))
        case .lost(let folder):
            // What has moved within the tree was told of by its new name before.
            if tree.contains(folder) { addTree(folder) }
            if tree.roots.contains(folder) { onInput(.source(folder)) }
            onInput(.program)
        case .overflow:
            for root in tree.roots { addTree(root) }
            onInput(.program)
            if let root = tree.roots.first { onInput(.source(root)) }
        }
    }

    /// Watches what is there of the folders; some may be others than before, of the same names.
    ///
    /// - Returns: the roots of the sources that were not watched until now, and why something cannot be.
    private func addFolders() -> (roots: [String], fault: Errno?) {
        var roots: [String] = []
        var fault: Errno?
        for root in tree.roots {
            do throws(Errno) {
                guard try folders.add(root) else { continue }
                roots.append(root)
                try visit(root)
            } catch {
                fault = error
            }
        }
        for program in programs {
            do throws(Errno) {
                try add(program)
                // If it is a link, there is a file elsewhere.
                if let target = try? Settings.realPath(of: program) { try add(target) }
            } catch {
                fault = error
            }
        }
        return (roots, fault)
    }

    private func add(_ program: String) throws(Errno) {
        files.insert(program)
        try folders.add(Settings.folder(of: program))
    }

    private func addTree(_ folder: String) {
        do throws(Errno) { try visit(folder) } catch { complain(error) }
    }

    private func visit(_ folder: String) throws(Errno) {
        try tree.visit(folder) { (folder) throws(Errno) in try folders.add(folder) }
    }

    /// Says once that not everything can be watched. What is not there is looked for instead.
    private func complain(_ fault: Errno) {
        guard fault.rawValue != ENOENT, !hasComplained else { return }
        hasComplained = true
        let remedy = fault.rawValue == ENOSPC ? ", see inotify(7)" : ""
        say("some folders cannot be watched: \(fault.text.string)\(remedy)")
    }
}
