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
    private let programs: [String]
    private var versions: [String: FileVersion] = [:]
    private var places: WatchedPlaces!
    private var policy = WatchPolicy()
    private var timer: EventLoop.Timer!
    private var build: ChildProcess?
    private var output: [String] = []
    /// The contents of the files that have changed during the last build.
    private var digests: [String: FileDigest] = [:]
    /// The contents of the executables after the last build during which files have changed.
    private var products: [String: FileDigest] = [:]
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
        programs = (settings.isAttached ? [] : [settings.function]) + settings.extensions
        // The kernel tells whoever opens the file of a lease that we hold for a moment.
        signal(SIGIO, SIG_IGN)
        timer = loop.makeTimer { [unowned self] in feed(.time) }
        places = try WatchedPlaces(loop: loop, programs: programs, sources: plan.sources, say: say) { [unowned self] in
            feed($0)
        }
        for program in programs { versions[program] = FileVersion(of: program) }
    }

    deinit { timer?.cancel() }

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
        places.restore()
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
        guard let command = plan.build else { return loop.enqueue { [weak self] in self?.endBuild(.code(0)) } }
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
        // What it has changed belongs to it, and folders that it has made anew are watched like those before.
        places.drain()
        places.restore()
        let isGood = end == .code(0)
        if !isGood {
            for line in output { print(line + "\n") }
            say("the build failed: \(end); the old version stays")
        }
        let (made, wasProlific) = (policy.made, policy.isProlific)
        let hasProduced = policy.changed.isEmpty || findProducts()
        feed(.built(isGood: isGood, same: findSame(), isNew: hasProduced))
        sayMade(policy.made.subtracting(made).sorted())
        if policy.isProlific, !wasProlific, let file = policy.lastReason {
            say(
                "each build leaves other files among the sources, now \(file): it is not repeated until a source is saved"
            )
        }
    }

    /// Looks at the executables; true if they hold something else than when this was last asked.
    private func findProducts() -> Bool {
        let before = products
        for program in programs { products[program] = FileDigest(of: program) }
        return products != before
    }

    /// The files that have changed during the build and hold what they held after the one before.
    private func findSame() -> Set<String> {
        let before = digests
        digests = [:]
        for file in policy.changed { digests[file] = FileDigest(of: file) }
        return policy.changed.filter { digests[$0] == before[$0] }
    }

    /// Says which changes are taken for the build's own, since they may be somebody's after all.
    private func sayMade(_ files: [String]) {
        guard let first = files.first else { return }
        let others = files.count == 1 ? "" : " and \(files.count - 1) more"
        say("the build changes \(first)\(others): what changes there while it runs is not built")
    }
}
