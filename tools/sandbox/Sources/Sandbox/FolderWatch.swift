import Glibc

/// A watch on the files of some folders (inotify(7)), on an event loop.
final class FolderWatch {
    enum Event {
        /// A file is there, is another one, is closed after writing, has other attributes or is gone.
        case file(String)
        /// A folder is there or gone; what is in it is not watched yet.
        case folder(String)
        /// A watched folder is gone.
        case lost
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
    /// - Throws: that of inotify_add_watch(2): `ENOSPC` when there are too many, `ENOTDIR` for what is no folder.
    func add(_ folder: String) throws(Errno) {
        let number = inotify_add_watch(descriptor.rawValue, folder, Self.mask)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        folders[number] = folder
    }

    /// Reports what has happened until now.
    func drain() {
        var buffer = Buffer()
        while case .bytes(let count)? = try? descriptor.read(into: buffer.reserve(65_536)) { buffer.commit(count) }
        var rest = buffer.readable
        while rest.count >= MemoryLayout<inotify_event>.size {
            let event = rest.rawBuffer.loadUnaligned(as: inotify_event.self)
            let name = rest.dropFirst(MemoryLayout<inotify_event>.size)[0..<Int(event.len)]
            report(event, name[0..<(name.firstIndex(of: 0) ?? name.count)])
            rest = rest.dropFirst(MemoryLayout<inotify_event>.size + Int(event.len))
        }
    }

    private func report(_ event: inotify_event, _ name: ByteView) {
        func isOf(_ kind: Int32) -> Bool { event.mask & UInt32(kind) != 0 }
        if isOf(IN_Q_OVERFLOW) { return onEvent(.overflow) }
        if isOf(IN_IGNORED) { return folders.removeValue(forKey: event.wd) == nil ? () : onEvent(.lost) }
        // What is elsewhere now ends with this, and is then lost.
        if isOf(IN_MOVE_SELF) { inotify_rm_watch(descriptor.rawValue, event.wd) }
        guard let folder = folders[event.wd], !name.isEmpty else { return }
        let path = "\(folder)/\(name.string)"
        onEvent(isOf(IN_ISDIR) ? .folder(path) : .file(path))
    }
}
