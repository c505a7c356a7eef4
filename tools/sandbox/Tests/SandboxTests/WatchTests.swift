import Foundation
import Glibc
import Sandbox
import Testing
import ToolsTestSupport

/// Changed executables and sources, and what becomes of a run by them.
@Suite struct WatchTests: Serving {
    /// A function that knows its version, and the sources that a build makes it from.
    private struct Project {
        let folder = try! TemporaryFolder()
        let function: String

        init(_ version: String = "1", place: String = "function") throws {
            function = folder.path(of: place)
            for name in ["src", "src/.git"] {
                try FileManager.default.createDirectory(
                    atPath: folder.path(of: name), withIntermediateDirectories: false)
            }
            try folder.write(version, to: "src/version")
            try replace(version)
        }

        static func text(_ version: String) -> String {
            "#!/bin/sh\nVERSION=\(version) exec \(Stage.fixtures)/function\n"
        }

        /// Puts another version in place of the one that is there.
        func replace(_ version: String) throws {
            let new = try folder.write(Self.text(version), to: "new")
            #expect(chmod(new, 0o755) == 0 && rename(new, function) == 0)
        }

        /// Writes another version over the one that is there.
        func overwrite(_ version: String) throws {
            let writer = try open(O_TRUNC)
            try writer.write(contentsOf: Data(Self.text(version).utf8))
            try writer.close()
        }

        /// Its version, once nobody writes it: a process that is being started may have it open for a moment longer.
        func whole() throws -> FileVersion {
            let deadline = Instant.now + RunningProgram.patience
            while true {
                if let version = FileVersion(of: function) { return version }
                guard .now < deadline else { throw TestFailure("somebody writes \(function) all the time") }
                usleep(1000)
            }
        }

        /// Opens it for writing. What other tests start does not inherit that, as it would what Foundation opens.
        func open(_ options: Int32 = 0) throws -> FileHandle {
            let descriptor = Glibc.open(function, O_WRONLY | O_CLOEXEC | options)
            try #require(descriptor >= 0)
            return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        }

        /// A build, after what is to be done before.
        func build(after first: String = "true") -> [String] {
            let build = """
                cd \(folder.path) && \(first) && { ! grep bad src/version; } \
                && printf '#!/bin/sh\\nVERSION=%s exec \(Stage.fixtures)/function\\n' "$(cat src/version)" >made \
                && chmod +x made && mv made function
                """
            return ["--sources", folder.path(of: "src"), "--build", build]
        }

        /// Changes a source, at once.
        func edit(_ text: String, _ name: String = "version") throws {
            #expect(rename(try folder.write(text, to: "edited"), folder.path(of: "src/\(name)")) == 0)
        }
    }

    private static let renewal = "lambda-sandbox: starting anew: "

    private func version(in body: String) throws -> String? {
        (try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])?["VERSION"] as? String
    }

    private func serve(_ project: Project, _ options: [String] = []) throws -> (command: Command, url: String) {
        try serve(["--watch"] + options, function: project.function)
    }

    private func version(_ url: String) throws -> String? {
        try version(in: invoke(url, #"[["respond-env"]]"#).body)
    }

    @Test func aBuildThatLeavesOtherFilesEachTimeIsNotRepeatedForEver() throws {
        let project = try Project()
        let (command, url) = try serve(project, project.build(after: "mktemp src/log.XXXXXX >/dev/null"))
        try project.edit("2")
        let told = try command.line(with: "each build leaves other files among the sources, now ")
        #expect(told.contains(" now \(project.folder.path(of: "src/log."))"))
        #expect(told.hasSuffix(": it is not repeated until a source is saved"))
        try command.line(with: Self.renewal)
        #expect(try version(url) == "2")
        let count = command.output.count { $0.contains("building: ") }
        #expect(count == 4)
        // What somebody saves is built, once.
        try project.edit("3")
        try command.line(with: Self.renewal, number: 2)
        #expect(try version(url) == "3")
        #expect(try command.end() == 0)
        #expect(command.output.count { $0.contains("building: ") } == count + 1)
        #expect(command.output.count { $0.contains("each build leaves") } == 1)
    }

    @Test func whatIsMissingIsBuiltFirst() throws {
        let project = try Project()
        #expect(unlink(project.function) == 0)
        let (command, url) = try serve(project, project.build())
        #expect(command.output.first?.hasPrefix("lambda-sandbox: building: ") == true)
        #expect(try version(url) == "1")
        #expect(try command.end() == 0)
    }

    @Test func aFirstBuildThatFailsIsTheEnd() throws {
        let project = try Project()
        #expect(unlink(project.function) == 0)
        let command = try Command.run(["--watch", "--build", "echo no; false"], function: project.function)
        #expect(try command.wait() == 1)
        #expect(
            command.output == [
                "lambda-sandbox: building: echo no; false", "no", "lambda-sandbox: the first build failed",
            ])
        // One that does not make it, too.
        let other = try Command.run(["--watch", "--build", "true"], function: project.function)
        #expect(try other.wait() == 64)
        #expect(other.output.contains { $0.contains("--function \(project.function): No such file or directory") })
    }

    /// By another file, in its place, and so that it may be executed only later.
    @Test(arguments: ["replaced", "written", "made executable"])
    func anotherExecutableStartsAnew(how: String) throws {
        let project = try Project()
        let (command, url) = try serve(project, ["--extension", Stage.fixtures + "/watcher"])
        #expect(try version(url) == "1")
        switch how {
        case "replaced": try project.replace("2")
        case "written": try project.overwrite("2")
        default:
            try project.folder.write(Project.text("2"), to: "function")
            #expect(chmod(project.function, 0o755) == 0)
        }
        #expect(try command.line(with: Self.renewal) == Self.renewal + "changed function")
        #expect(try version(url) == "2")
        try project.replace("3")
        try command.line(with: Self.renewal, number: 2)
        #expect(try version(url) == "3")
        #expect(try command.end() == 0)
        #expect(command.output.count { $0 == "watcher: SHUTDOWN spindown" } == 3)
        #expect(command.output.count { $0.hasPrefix("RESET Reason: spindown") } == 2)
    }

    @Test func eachEnvironmentEndsItsInvocationBefore() throws {
        let project = try Project()
        let (command, url) = try serve(project)
        let caller = try curl(url, #"[["print","begun"],["wait","go"],["respond-env"]]"#)
        try command.line(with: "begun")
        try project.replace("2")
        try command.line(with: Self.renewal)
        // In another environment.
        #expect(try version(url) == "2")
        try command.folder.write("", to: "go")
        #expect(try caller.wait() == 0)
        #expect(try version(in: caller.output.joined()) == "1")
        #expect(try version(url) == "2")
        #expect(try command.end() == 0)
    }

    @Test func aRunGoesOnWithTheNewVersion() throws {
        let project = try Project()
        let command = try Command.run(
            ["--event", "-", "--invocations", "2", "--env", "TEST_FOLDER=@", "--json", "@/out.json", "--watch"],
            function: project.function, input: #"{"steps":[["print","begun"],["wait","go"],["respond-env"]]}"#)
        try command.line(with: "begun")
        try project.replace("2")
        try command.line(with: Self.renewal)
        try command.folder.write("", to: "go")
        #expect(try command.wait() == 0)
        let records = command.records("invocation")
        #expect(try records.map { try version(in: $0["response"] as? String ?? "") } == ["1", "2"])
        #expect(records.map { $0["cold"] as? Bool } == [true, true])
        #expect(command.records("init").map { $0["phase"] as? String } == ["init", "init"])
    }

    @Test func aFolderThatIsMadeAnewIsWatched() throws {
        let project = try Project()
        let (command, url) = try serve(project)
        #expect(try version(url) == "1")
        let folder = project.folder.path
        #expect(rename(folder, folder + "-old") == 0)
        defer { try? FileManager.default.removeItem(atPath: folder + "-old") }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try FileManager.default.removeItem(atPath: folder + "-old")
        try project.replace("2")
        try command.line(with: Self.renewal)
        #expect(try version(url) == "2")
        try project.replace("3")
        try command.line(with: Self.renewal, number: 2)
        #expect(try version(url) == "3")
        #expect(try command.end() == 0)
    }

    @Test func whatALinkLeadsToIsWatched() throws {
        let project = try Project()
        let target = try TemporaryFolder()
        #expect(rename(project.function, target.path(of: "program")) == 0)
        #expect(symlink(target.path(of: "program"), project.function) == 0)
        let (command, url) = try serve(project)
        #expect(try version(url) == "1")
        let new = try target.write(Project.text("2"), to: "new")
        #expect(chmod(new, 0o755) == 0 && rename(new, target.path(of: "program")) == 0)
        try command.line(with: Self.renewal)
        #expect(try version(url) == "2")
        #expect(try command.end() == 0)
    }

    // MARK: Builds

    @Test func changedSourcesAreBuilt() throws {
        let project = try Project()
        let (command, url) = try serve(project, project.build(after: "touch src/.git/index"))
        #expect(try version(url) == "1")
        try project.edit("bad")
        try command.line(with: "the build failed: exit status 1; the old version stays")
        // What it said.
        #expect(command.output.contains("bad"))
        let page = try Command("/usr/bin/curl", ["-sSN", "--noproxy", "*", url + "/page/events"])
        let news = try page.line(with: #""text":"the build failed: exit status 1; the old version stays""#)
        #expect(news.contains(#""output":{"text":"bad\n""#), "\(news)")
        #expect(try version(url) == "1")
        try project.edit("2")
        #expect(try command.line(with: Self.renewal) == Self.renewal + "changed sources")
        #expect(try version(url) == "2")
        #expect(try command.end() == 0)
        // What is hidden is no source: it causes no further build.
        #expect(command.output.count { $0.hasPrefix("lambda-sandbox: building: ") } == 2)
    }

    @Test func changesDuringABuildAreBuiltOnceMore() throws {
        let project = try Project()
        let (command, url) = try serve(project, project.build(after: "until [ -e go ]; do sleep 0.01; done"))
        try project.edit("2")
        try command.line(with: "building: ")
        for version in ["3", "4"] { try project.edit(version) }
        try project.folder.write("", to: "go")
        try command.line(with: Self.renewal)
        #expect(try version(url) == "4")
        #expect(try command.end() == 0)
        #expect(command.output.count { $0.hasPrefix("lambda-sandbox: building: ") } == 2)
        #expect(command.output.count { $0.hasPrefix(Self.renewal) } == 1)
    }

    @Test func whatIsSavedDuringTwoBuildsIsBuilt() throws {
        let project = try Project()
        let (command, url) = try serve(project, project.build(after: "until rm go 2>&-; do sleep 0.01; done"))
        try project.edit("2")
        for number in 1...2 {
            try command.line(with: "building: ", number: number)
            try project.edit("\(2 + number)")
            try project.folder.write("", to: "go")
        }
        try command.line(with: "building: ", number: 3)
        try project.folder.write("", to: "go")
        try command.line(with: Self.renewal)
        #expect(try version(url) == "4")
        #expect(try command.end() == 0)
        #expect(!command.output.contains { $0.contains("the build changes") })
    }

    /// Once more the first time, and twice if it writes something else each time. Temporary files and folders, whatever their names,
    /// are no reason.
    @Test(arguments: [
        ("touch src/made", 4), ("date +%N >src/made", 5),
        ("t=$(mktemp src/tXXXXXX) && mv $t src/made && d=$(mktemp -d src/dXXXXXX) && touch $d/f && rm -r $d", 4),
    ])
    func aBuildAmongItsSourcesComesToRest(first: String, builds: Int) throws {
        let project = try Project()
        let (command, url) = try serve(project, project.build(after: first))
        for number in 2...4 {
            try project.edit("\(number)")
            try command.line(with: Self.renewal, number: number - 1)
            #expect(try version(url) == "\(number)")
        }
        #expect(try command.end() == 0)
        #expect(command.output.count { $0.hasPrefix("lambda-sandbox: building: ") } == builds)
        let made = "lambda-sandbox: the build changes \(project.folder.path(of: "src/made")): "
        #expect(command.output.count { $0.hasPrefix(made) } == 1)
    }

    /// The function ends by itself: as long as a process is in a folder, the kernel keeps that folder.
    @Test func aFolderThatABuildReplacesIsWatched() throws {
        let project = try Project()
        let dist = project.folder.path(of: "dist")
        let program = "#!/bin/sh\nexit 1\n"
        try FileManager.default.createDirectory(atPath: dist, withIntermediateDirectories: false)
        chmod(try project.folder.write(program, to: "dist/function"), 0o755)
        let build = "cd \(project.folder.path) && cp -r dist other && rm -r dist && mv other dist"
        let command = try Command.run(
            ["--serve", "127.0.0.1:0", "--watch", "--sources", project.folder.path(of: "src"), "--build", build],
            function: dist + "/function")
        try command.line(with: "Runtime.ExitError")
        try project.edit("2")
        try command.line(with: Self.renewal)
        let new = try project.folder.write(program, to: "new")
        #expect(chmod(new, 0o755) == 0 && rename(new, dist + "/function") == 0)
        #expect(try command.line(with: Self.renewal, number: 2) == Self.renewal + "changed function")
        _ = try command.end()
    }

    /// Also in a folder that is new, and in one that has another name now.
    @Test func whatTheFunctionReadsNeedsNoBuild() throws {
        let project = try Project()
        let (command, _) = try serve(project, ["--sources", project.folder.path(of: "src")])
        try FileManager.default.createDirectory(
            atPath: project.folder.path(of: "src/new"), withIntermediateDirectories: false)
        try command.line(with: Self.renewal)
        for number in 2...3 {
            try project.edit("\(number)", "new/file")
            try command.line(with: Self.renewal, number: number)
        }
        #expect(rename(project.folder.path(of: "src/new"), project.folder.path(of: "src/renamed")) == 0)
        try command.line(with: Self.renewal, number: 4)
        try project.edit("4", "renamed/file")
        try command.line(with: Self.renewal, number: 5)
        #expect(try command.end() == 0)
    }

    @Test func sourcesThatAreMadeAnewAreWatched() throws {
        let project = try Project()
        let sources = project.folder.path(of: "src")
        let (command, _) = try serve(project, ["--sources", sources])
        try FileManager.default.removeItem(atPath: sources)
        try command.line(with: Self.renewal)
        try FileManager.default.createDirectory(atPath: sources, withIntermediateDirectories: false)
        try command.line(with: Self.renewal, number: 2)
        try project.edit("2")
        try command.line(with: Self.renewal, number: 3)
        #expect(try command.end() == 0)
    }

    /// True where a process may have a limit of its own.
    private static let isLimitOurs =
        (try? Command("/usr/bin/unshare", ["-Ur", "/usr/bin/test", "-w", watchLimit]).wait()) == 0
    private static let watchLimit = "/proc/sys/user/max_inotify_watches"

    @Test(.enabled(if: isLimitOurs)) func theLimitOfFoldersIsSaidOnce() throws {
        let project = try Project()
        let sources = project.folder.path(of: "src")
        let command = try Command(
            "/usr/bin/unshare",
            [
                "-Ur", "/bin/sh", "-c", "echo 9 >\(Self.watchLimit) && exec \"$0\" $*", Command.tool, "run",
                "--function", project.function, "--serve", "127.0.0.1:0", "--watch", "--sources", sources,
            ])
        _ = try command.address(after: "Invoke API")
        for number in 1...3 {
            for name in 1...9 {
                try FileManager.default.createDirectory(
                    atPath: "\(sources)/\(number)-\(name)", withIntermediateDirectories: false)
            }
            try command.line(with: Self.renewal, number: number)
        }
        _ = try command.end()
        #expect(command.output.count { $0.contains("cannot be watched") && $0.contains("inotify(7)") } == 1)
    }

    // MARK: Parts

    @Test func whatIsBeingWrittenIsNotWhole() throws {
        let project = try Project()
        let whole = try project.whole()
        let writer = try project.open()
        #expect(FileVersion(of: project.function) == nil)
        try writer.close()
        #expect(try project.whole() == whole)
        try project.replace("2")
        #expect(try project.whole() != whole)
        chmod(project.function, 0o644)
        #expect(FileVersion(of: project.function) == nil)
        unlink(project.function)
        #expect(FileVersion(of: project.function) == nil)
    }

    /// Whoever starts it waits until that is over, and goes away before that if nobody needs it any more.
    @Test(arguments: [true, false]) func whatIsBeingWrittenIsStartedLater(isNeeded: Bool) throws {
        let project = try Project()
        let stage = try Stage { $0.function = project.function }
        let writer = try project.open()
        let id = stage.start(#"[["respond",1]]"#)
        try stage.run("the extension") { stage.sandbox.processNumbers.count == 1 && stage.isWaitingForFunction }
        #expect(stage.sandbox.processNumbers["function"] == nil)
        if isNeeded {
            try writer.close()
            #expect(try stage.end(of: id).report.failure == nil)
        }
        #expect(try stage.shutdown().isClean)
    }

    @Test(arguments: [
        ("/p/main.swift", true), ("/p/Sources/f/a.swift", true), ("/q/r/a.c", true), ("/p/.build/a.o", false),
        ("/p/Sources/.a.swp", false), ("/p/a.swift~", false), ("/p2/a.swift", false), ("/q/a.c", false), ("/p", true),
    ])
    func sourcesAreWhatIsNotHidden(path: String, isSource: Bool) {
        #expect(SourceTree(["/p", "/q/r"]).contains(path) == isSource)
    }
}

extension Stage {
    /// True if the extensions have registered, so that it is the function's turn.
    fileprivate var isWaitingForFunction: Bool {
        record.notes.contains { if case .started(process: "function") = $0 { true } else { false } }
    }
}
