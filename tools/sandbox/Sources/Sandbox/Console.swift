import Glibc

/// Prints the log of a sandbox: its processes' lines as they are, the service's own between them.
package final class Console: Observer {
    package struct Style: Sendable {
        /// True if each line begins with the time.
        package var hasTimestamps: Bool
        /// True if the service's lines are colored.
        package var hasColors: Bool
        /// True if only the processes' own lines and the responses are printed.
        package var isQuiet: Bool
        /// True if the request ids of the service's lines stand in a column.
        package var isAligned: Bool

        package init(
            hasTimestamps: Bool = false, hasColors: Bool = false, isQuiet: Bool = false, isAligned: Bool = false
        ) {
            self.isAligned = isAligned
            self.hasTimestamps = hasTimestamps
            self.hasColors = hasColors
            self.isQuiet = isQuiet
        }
    }

    /// True if the lines of ``view(of:)`` begin with the environment's number.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    package var tellsEnvironments = false
    private let style: Style
    private let settings: Settings
    private let descriptor: Int32
    private let loop: EventLoop
    private var buffer = Buffer(capacity: 4096)
    private var isFlushing = false
    /// The least time between two writes, so that neither a talkative function nor many invocations cost one for each line: on a
    /// terminal none, where what others say should not come between.
    private let pause: Duration
    private var timer: EventLoop.Timer!
    private var lastFlush = Instant(nanoseconds: 0)

    /// A printer to an open descriptor, which stays the caller's.
    package init(loop: EventLoop, descriptor: Int32 = 1, style: Style, settings: Settings) {
        self.loop = loop
        self.descriptor = descriptor
        self.style = style
        self.settings = settings
        pause = isatty(descriptor) == 1 ? .zero : .milliseconds(5)
        timer = loop.makeTimer { [unowned self] in flush() }
    }

    deinit { timer.cancel() }

    /// Prints what is to be printed of it.
    package func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
        observe(happening, at: time, environment: nil)
    }

    /// An observer that prints here what it sees of one environment among several.
    package func view(of environment: Int) -> any Observer { View(console: self, environment: environment) }

    private final class View: Observer {
        private let console: Console
        private let environment: Int

        init(console: Console, environment: Int) { (self.console, self.environment) = (console, environment) }

        func observe(_ happening: Happening, at time: HappeningTime, memory: Int) {
            console.observe(happening, at: time, environment: console.tellsEnvironments ? environment : nil)
        }
    }

    private func observe(_ happening: Happening, at time: HappeningTime, environment: Int?) {
        func print(_ line: ByteView, color: StaticString?) { self.print(line, at: time, environment, color: color) }
        switch happening {
        case .output(_, let line): print(line, color: nil)
        case .platform(let record):
            // A fault that was requested on the command line is printed, too.
            guard !style.isQuiet || record.isResponse || record.isFault else { return }
            let color: StaticString? =
                record.isFault ? nil : record.isResponse ? "\u{1B}[32m" : "\u{1B}[2m"
            for line in record.lines(for: settings) {
                (style.isAligned ? PlatformText.aligned(line) : line).withByteView { print($0, color: color) }
            }
        case .note, .answered: break
        }
    }

    /// Writes what is still kept, for the end.
    package func flush() {
        isFlushing = false
        timer.cancel()
        lastFlush = loop.now
        var rest = buffer.readable
        while !rest.isEmpty {
            let count = write(descriptor, rest.start, rest.count)
            if count < 0 {
                // A nonblocking terminal or pipe that is full is waited for; one that is gone is not.
                if errno == EINTR { continue }
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                if errno == EAGAIN, poll(&ready, 1, -1) >= 0 { continue }
                break
            }
            rest = rest.dropFirst(count)
        }
        buffer.removeAll()
    }

    /// A carriage return within a line is a line break within its entry, as CloudWatch shows it: a terminal would overwrite the line.
    private func append(_ line: ByteView) {
        var rest = !line.isEmpty && line[line.count - 1] == ASCII.carriageReturn ? line[0..<line.count - 1] : line
        while let end = rest.firstIndex(of: ASCII.carriageReturn) {
            buffer.append(rest[0..<end])
            buffer.append(ASCII.lineFeed)
            rest = rest.dropFirst(end + 1)
        }
        buffer.append(rest)
    }

    private func print(_ line: ByteView, at time: HappeningTime, _ environment: Int?, color: StaticString?) {
        if style.hasTimestamps {
            Timestamp.iso8601(milliseconds: time.wall).withByteView { buffer.append($0) }
            buffer.append(ASCII.space)
        }
        if let environment { "[\(environment)] ".withByteView { buffer.append($0) } }
        let color = style.hasColors ? color : nil
        if let color { buffer.append(ByteView(color)) }
        append(line)
        if color != nil { buffer.append(ByteView("\u{1B}[0m")) }
        buffer.append(ASCII.lineFeed)
        if buffer.count > 32_768 { return flush() }
        guard !isFlushing else { return }
        isFlushing = true
        timer.arm(at: max(lastFlush + pause, loop.now))
    }
}
