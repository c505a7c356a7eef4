import Foundation
import Glibc
import Sandbox
import Testing
import ToolsTestSupport

/// Folders that come, go, move and come again, and the inputs that this leads to.
@Suite struct WatchedPlacesTests {
    /// A program and its sources, watched, and what was told of them.
    private final class Stage {
        let folder: TemporaryFolder
        private var places: WatchedPlaces!
        private var inputs: [WatchPolicy.Input] = []

        init() throws {
            folder = try TemporaryFolder()
            for name in ["src/a/b", "dist", "elsewhere"] { try make(name) }
            try folder.write("", to: "dist/program")
            places = try WatchedPlaces(
                loop: try EventLoop(), programs: [folder.path(of: "dist/program")], sources: [folder.path(of: "src")],
                say: { Issue.record("\($0)") }, onInput: { [unowned self] in inputs.append($0) })
        }

        func make(_ name: String) throws {
            try FileManager.default.createDirectory(
                atPath: folder.path(of: name), withIntermediateDirectories: true)
        }

        func move(_ old: String, to new: String) {
            #expect(rename(folder.path(of: old), folder.path(of: new)) == 0)
        }

        func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: folder.path(of: name)) }

        /// The inputs since the last time, paths without the folder's.
        func told() -> [WatchPolicy.Input] {
            places.drain()
            return take()
        }

        func restored() -> [WatchPolicy.Input] {
            _ = told()
            places.restore()
            return take()
        }

        private func take() -> [WatchPolicy.Input] {
            defer { inputs = [] }
            return inputs.map {
                guard case .source(let path, let change) = $0 else { return $0 }
                return .source(String(path.dropFirst(folder.path.count + 1)), change)
            }
        }

        /// Puts a file there, without a temporary one beside it; what is told of that.
        func told(of name: String) throws -> [WatchPolicy.Input] {
            #expect(told() == [])
            try folder.write("", to: "elsewhere/file")
            move("elsewhere/file", to: name)
            return told()
        }
    }

    @Test func whatHasAnotherNameIsWatched() throws {
        let stage = try Stage()
        stage.move("src/a", to: "src/c")
        #expect(stage.told().prefix(2) == [.source("src/a", .folderVanished), .source("src/c")])
        #expect(try stage.told(of: "src/c/file") == [.source("src/c/file")])
        #expect(try stage.told(of: "src/c/b/file") == [.source("src/c/b/file")])
    }

    @Test func namesMayBeExchanged() throws {
        let stage = try Stage()
        try stage.make("src/c/d")
        _ = stage.told()
        for (old, new) in [("a", "t"), ("c", "a"), ("t", "c")] { stage.move("src/\(old)", to: "src/\(new)") }
        _ = stage.told()
        for name in ["src/a/file", "src/a/d/file", "src/c/file", "src/c/b/file"] {
            #expect(try stage.told(of: name) == [.source(name)])
        }
    }

    @Test func whatHasLeftIsNotWatched() throws {
        let stage = try Stage()
        stage.move("src/a", to: "elsewhere/a")
        #expect(stage.told().contains(.source("src/a", .folderVanished)))
        #expect(try stage.told(of: "elsewhere/a/b/file") == [])
    }

    /// The old root is removed, or kept elsewhere.
    @Test(arguments: [true, false]) func aRootIsFoundAgain(isKept: Bool) throws {
        let stage = try Stage()
        isKept ? stage.move("src", to: "elsewhere/src") : try stage.remove("src")
        #expect(stage.told().contains(.source("src")))
        #expect(stage.restored() == [.lost])
        try stage.make("src/new")
        #expect(stage.restored() == [.source("src")])
        #expect(stage.restored() == [])
        #expect(try stage.told(of: "src/new/file") == [.source("src/new/file")])
    }

    @Test func aRootThatIsReplacedAtOnceIsHeardOf() throws {
        let stage = try Stage()
        stage.move("src", to: "elsewhere/src")
        try stage.make("src/new")
        #expect(stage.told().contains(.source("src")))
        #expect(try stage.told(of: "src/new/file") == [.source("src/new/file")])
    }

    @Test func aProgramsFolderIsFoundAgain() throws {
        let stage = try Stage()
        try stage.remove("dist")
        #expect(stage.told().contains(.program))
        #expect(stage.restored() == [.lost])
        try stage.make("dist")
        #expect(stage.restored() == [])
        #expect(try stage.told(of: "dist/program") == [.program])
    }

    @Test func whatComesAndGoesIsTold() throws {
        let stage = try Stage()
        let file = stage.folder.path(of: "src/file")
        close(open(file, O_CREAT | O_CLOEXEC, 0o600))
        #expect(unlink(file) == 0)
        try stage.make("src/new")
        try stage.remove("src/new")
        let told = stage.told()
        #expect(told.prefix(2) == [.source("src/file", .created), .source("src/file", .vanished)])
        #expect(told.contains(.source("src/new", .created)) && told.contains(.source("src/new", .folderVanished)))
    }
}
