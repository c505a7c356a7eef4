import Glibc

/// A watch on the files of some folders (inotify(7)), on an event loop.
final class FolderWatch {
    enum Event {
        /// A file is there, is another one, is closed after writing, has other attributes or is gone.
        case file(String, WatchPolicy.Change)
        /// A folder is there or gone; what is in it is not watched yet.
        case folder(String, WatchPolicy.Change)
        /// A folder is watched no more: it is gone, or has moved, maybe to the path that it was last added by.
        case lost(String)
        /// More happened than could be told.
        case overflow
    }

    private static let mask = [
        IN_CLOSE_WRITE, IN_MOVED_TO, IN_MOVED_FROM, IN_CREATE, IN_DELETE, IN_ATTRIB, IN_MOVE_SELF, IN_ONLYDIR,
        IN_DONT_FOLLOW,
    ].reduce(UInt32(0)) { $0 | UInt32($1) }
    private let loop: EventLoop
    private let descriptor: FileDescriptor
    private var token: Token?
    private var folders: [Int32: String] = [:]
    private let onEvent: (Event) -> Void

    init(loop: EventLoop, onEvent: @escaping (Event) -> Void) throws(Errno) {
        self.loop = loop
        self.onEvent = onEvent
        let number = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard number >= 0 else { throw Errno(rawValue: errno) }
        descriptor = FileDescriptor(rawValue: number)
        token = try loop.register(descriptor, for: .read) { [unowned self] _ in drain() }
    }

    deinit { if let token { loop.deregister(token) } }

    /// Watches a folder, but not those in it; again does no harm.
    ///
    /// - Returns: true if what is there was not watched yet.
    /// - Throws: that of inotify_add_watch(2): `ENOSPC` when there are too many, `ENOTDIR` for what is no folder.
    @discardableResult func add(_ folder: String) throws(Errno) -> Bool {
        let number = inotify_add_watch(descriptor.rawValue, folder, Self.mask)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        return folders.updateValue(folder, forKey: number) == nil
    }

    /// Reports what has happened until now.
    func drain() {
        var buffer = Buffer()
        while case .bytes(let count)? = try? descriptor.read(into: buffer.reserve(65_536)) {
            buffer.commit(count)
            var rest = buffer.readable
            while rest.count >= MemoryLayout<inotify_event>.size {
                let event = rest.rawBuffer.loadUnaligned(as: inotify_event.self)
                let name = rest.dropFirst(MemoryLayout<inotify_event>.size)[0..<Int(event.len)]
                report(event, name[0..<(name.firstIndex(of: 0) ?? name.count)])
                rest = rest.dropFirst(MemoryLayout<inotify_event>.size + Int(event.len))
            }
            buffer.removeAll()
        }
    }

    private func report(_ event: inotify_event, _ name: ByteView) {
        func isOf(_ kind: Int32) -> Bool { event.mask & UInt32(kind) != 0 }
        if isOf(IN_Q_OVERFLOW) { return onEvent(.overflow) }
        guard let folder = folders[event.wd] else { return }
        if isOf(IN_IGNORED) {
            folders[event.wd] = nil
            return onEvent(.lost(folder))
        }
        if isOf(IN_MOVE_SELF) { return release(folder) }
        guard !name.isEmpty else { return }
        let path = "\(folder)/\(name.string)"
        // What has moved here may have taken the place of something.
        func change(_ end: WatchPolicy.Change) -> WatchPolicy.Change {
            isOf(IN_CREATE) ? .created : isOf(IN_DELETE) || isOf(IN_MOVED_FROM) ? end : .other
        }
        onEvent(isOf(IN_ISDIR) ? .folder(path, change(.folderVanished)) : .file(path, change(.vanished)))
    }

    /// Watches a folder and those in it no more. They are lost with that, to be added where they are now.
    private func release(_ folder: String) {
        for (number, path) in folders where path == folder || path.hasPrefix(folder + "/") {
            inotify_rm_watch(descriptor.rawValue, number)
        }
    }
}
