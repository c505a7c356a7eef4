import CLinux
import Hold
import LambdaExtension

/// The extension's end of a ``DonePage``: lasts as long as the session's connection over which it was passed.
final class FunctionPage {
    private let loop: EventLoop
    private var page: DonePage
    private let bell: FileDescriptor
    private var registration: Token?

    /// Makes a page and passes it to the peer of a request, together with the answer that was given.
    ///
    /// - Parameter onDone: called on the loop with each done that comes by it, and the page, to be acknowledged.
    /// - Throws: the `Errno` of the call that the kernel refused. The function then has none, and makes requests.
    init(
        loop: EventLoop, passingTo responder: HTTPResponder,
        onDone: @escaping (RequestID, FunctionPage) -> Void
    ) throws(Errno) {
        let file = try SharedMemory.makeFile()
        self.loop = loop
        page = DonePage(try SharedMemory(mapping: file))
        bell = try FileDescriptor.makeEvent()
        // Each write to it is reported once. It is never read: the page says whether there is something new.
        registration = try loop.registerReader(bell, for: .arrivals) { [unowned(unsafe) self] _ in
            if let id = page.read() { onDone(id, self) }
            return .drained
        }
        try responder.flush(passing: file, bell)
    }

    deinit {
        if let registration { loop.deregister(registration) }
    }

    /// Says that the done was taken.
    func acknowledge() { page.acknowledge() }
}
