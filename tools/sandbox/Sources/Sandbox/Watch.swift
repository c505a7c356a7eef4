import Glibc

/// Watches the executables of the function and its extensions, and the sources that they are built from: carries out what a
/// ``SandboxCore/WatchPolicy`` decides.
package final class Watch {
    package struct Plan: Sendable {
        /// The command for a shell when a source has changed; nil for none.
        package var build: String?
        /// The folders of the sources.
        package var sources: [String]
        /// This process's variables, which the build has, too.
        package var variables: [String: String]

        package init(build: String? = nil, sources: [String] = [], variables: [String: String] = [:]) {
            (self.build, self.sources, self.variables) = (build, sources, variables)
        }
    }

    private let loop: EventLoop
    private let plan: Plan
    private let tree: SourceTree
    private let programs: [String]
    private var versions: [String: FileVersion] = [:]
    /// Where the programs are: what happens elsewhere in these folders is not of them.
    private var places: Set<String> = []
    private var folders: FolderWatch!
    private var policy = WatchPolicy()
    private var timer: EventLoop.Timer!
    private var build: ChildProcess?
    private var output: [String] = []
    /// Called with what there is to say.
    private let say: (String) -> Void
    /// Called with what a build that failed has printed.
    private let print: (String) -> Void
    /// Called when the environments are to start anew.
    private let onRenewal: () -> Void

    /// Begins to watch.
    ///
    /// - Throws: that of inotify(7), such as `ENOSPC` when there are more folders than may be watched.
    package init(
        loop: EventLoop, settings: Settings, plan: Plan, say: @escaping (String) -> Void,
        print: @escaping (String) -> Void, onRenewal: @escaping () -> Void
    ) throws(Errno) {
        self.loop = loop
        self.plan = plan
        self.say = say
        self.print = print
        self.onRenewal = onRenewal
        tree = SourceTree(plan.sources)
        programs = (settings.isAttached ? [] : [settings.function]) + settings.extensions
        // The kernel tells whoever opens the file of a lease that we hold for a moment.
        signal(SIGIO, SIG_IGN)
        folders = try FolderWatch(loop: loop) { [unowned self] in take($0) }
        timer = loop.makeTimer { [unowned self] in feed(.time) }
        for root in plan.sources { try tree.visit(root) { (folder) throws(Errno) in try folders.add(folder) } }
        try addPrograms()
        for program in programs { versions[program] = FileVersion(of: program) }
    }

    deinit { timer?.cancel() }

    /// Watches the folder of each program, and that of the file if it is a link.
    private func addPrograms() throws(Errno) {
        for program in programs {
            places.insert(program)
            try folders.add(Settings.folder(of: program))
            guard let target = realpath(program, nil) else { continue }
            defer { free(target) }
            if places.insert(String(cString: target)).inserted {
                try folders.add(Settings.folder(of: String(cString: target)))
            }
        }
    }

    private func take(_ event: FolderWatch.Event) {
        switch event {
        case .file(let path) where places.contains(path): feed(.program)
        case .file(let path): if tree.contains(path) { feed(.source(path)) }
        case .folder(let path):
            guard tree.contains(path) else { return }
            addTree(path)
            feed(.source(path))
        case .lost: feed(.program)
        case .overflow:
            for root in tree.roots { addTree(root) }
            feed(.program)
            if let root = tree.roots.first { feed(.source(root)) }
        }
    }

    private func addTree(_ folder: String) {
        do throws(Errno) {
            try tree.visit(folder) { (folder) throws(Errno) in try folders.add(folder) }
        } catch {
            say("\(folder) cannot be watched: \(error.text.string)")
        }
    }

    private func feed(_ input: WatchPolicy.Input) {
        switch policy.handle(input, at: Moment(nanoseconds: Instant.now.nanoseconds)) {
        case .build: startBuild()
        case .look: look()
        case .renew: renew("changed sources")
        case nil: break
        }
        guard let deadline = policy.nextDeadline else { return timer.cancel() }
        timer.arm(at: Instant(nanoseconds: deadline.nanoseconds))
    }

    // MARK: The programs

    private func look() {
        do throws(Errno) {
            try addPrograms()
        } catch {
            return feed(.lost)
        }
        let changed = programs.filter { FileVersion(of: $0) != versions[$0] }
        if !changed.isEmpty { renew("changed " + changed.map(Settings.fileName).joined(separator: ", ")) }
    }

    /// Has the environments start anew, if every program is whole; of one that is not, more will be heard.
    private func renew(_ reason: String) {
        var found: [String: FileVersion] = [:]
        for program in programs {
            guard let version = FileVersion(of: program) else { return }
            found[program] = version
        }
        versions = found
        say("starting anew: \(reason)")
        onRenewal()
    }

    // MARK: The build

    private func startBuild() {
        guard let command = plan.build else { return loop.enqueue { [weak self] in self?.feed(.built(isGood: true)) } }
        say("building: \(command)")
        output = []
        do throws(Errno) {
            build = try ChildProcess(
                loop: loop, command: ["/bin/sh", "-c", command],
                environment: plan.variables.map { "\($0.key)=\($0.value)" }, directory: ".",
                onLine: { [unowned self] in output.append($0.string) }, onExit: { [unowned self] in endBuild($0) })
        } catch {
            loop.enqueue { [weak self] in self?.endBuild(.code(127)) }
        }
    }

    private func endBuild(_ end: Termination) {
        // It is being called: it must outlive this.
        let ended = build
        loop.enqueue { _ = ended }
        build = nil
        // What it has changed belongs to it.
        folders.drain()
        let isGood = end == .code(0)
        if !isGood {
            for line in output { print(line + "\n") }
            say("the build failed: \(end); the old version stays")
        }
        feed(.built(isGood: isGood))
    }
}
