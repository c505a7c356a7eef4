import Foundation
import LambdaExtension
import Testing

/// Every system call of a short life fails once, in every way that the kernel knows for it.
///
/// Whatever fails, the extension goes on, or ends with a documented code and a line that says why. It never spins.
@Suite(
    .enabled(if: Binary.takesPreloads, "nothing can be preloaded: linked statically, run by a runner, or sanitized"),
    .enabled(if: PreloadedLibrary.isAvailable, "no C compiler"), .serialized)
struct SystemCallFaultTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let call: String
        /// Errors, by number; zero stands for a call that does less than it could.
        let errors: [Int32]
        /// The call is struck at its first time, its second and so on.
        let times: ClosedRange<Int>
        var testDescription: String { call }
    }

    static let rows = [
        Row(call: "epoll_create1", errors: [EMFILE, ENFILE, ENOMEM, EINTR], times: 1...1),
        Row(call: "signalfd", errors: [EMFILE, ENFILE, ENOMEM], times: 1...2),
        Row(call: "socket", errors: [EMFILE, ENFILE, ENOMEM, ENOBUFS, EINTR], times: 1...2),
        Row(call: "setsockopt", errors: [ENOMEM, ENOBUFS], times: 1...3),
        Row(call: "bind", errors: [EADDRINUSE, EACCES, ENOMEM, EADDRNOTAVAIL], times: 1...1),
        Row(call: "listen", errors: [EADDRINUSE], times: 1...1),
        Row(call: "connect", errors: [ECONNREFUSED, ENETUNREACH, EADDRNOTAVAIL, EAGAIN, EINTR], times: 1...1),
        Row(call: "epoll_ctl", errors: [ENOMEM, ENOSPC, EINTR], times: 1...8),
        Row(call: "epoll_wait", errors: [EINTR], times: 1...12),
        Row(
            call: "accept4",
            errors: [EMFILE, ENFILE, ENOMEM, ENOBUFS, ECONNABORTED, EPROTO, ENETDOWN, EPERM, EAGAIN, EINTR],
            times: 1...3),
        Row(call: "recv", errors: [EINTR, EAGAIN, ECONNRESET, ETIMEDOUT, ENOMEM, 0], times: 1...9),
        Row(call: "send", errors: [EINTR, EAGAIN, ECONNRESET, EPIPE, ENOMEM, ETIMEDOUT, 0], times: 1...9),
        Row(call: "getsockopt", errors: [ENOMEM], times: 1...2),
        Row(call: "close", errors: [EINTR, EIO], times: 1...4),
    ]

    @Test(arguments: rows)
    func survivesOrSaysWhyNot(_ row: Row) throws {
        let library = try PreloadedLibrary(source)
        for error in row.errors {
            for time in row.times {
                let plan = "\(row.call) \(error) \(time)"
                let mark = library.folder.appendingPathComponent("\(error)-\(time)").path
                let life = try Life(["LD_PRELOAD": library.path, "FAULT": plan, "FAULT_MARK": mark])
                let end = try life.run()
                if time == row.times.lowerBound {
                    #expect(FileManager.default.fileExists(atPath: mark), "\(plan): no such call was made")
                }
                #expect(end == .exit(0) || end == .exit(1), "\(plan): \(end)\n\(life.output)")
                if end == .exit(1) { #expect(life.output.hasPrefix("postinvoke: "), "\(plan) says nothing") }
                // What is no failure at all, and what is the peers', is survived.
                let isHarmless = [EINTR, EAGAIN, 0].contains(error) && row.call != "connect"
                let isTheirs =
                    row.call == "accept4" || row.call == "bind" || row.call == "listen" || row.call == "close"
                if isHarmless || isTheirs { #expect(end == .exit(0), "\(plan): \(life.output)") }
            }
        }
    }

    /// One call in twenty does less than it could or fails for a moment: nobody notices.
    @Test(arguments: 1...12)
    func survivesAHailOfThem(_ seed: Int) throws {
        let library = try PreloadedLibrary(source)
        let life = try Life(["LD_PRELOAD": library.path, "FAULT": "hail \(seed) 20"], invocations: 40)
        #expect(try life.run() == .exit(0), "seed \(seed): \(life.output)")
    }

    /// One call in fifteen fails, whichever it is, with any of its errors: it goes on or says why not.
    @Test func survivesAStormOrSaysWhyNot() throws {
        let library = try PreloadedLibrary(source)
        var survivors = 0
        let seeds = 1...40
        for seed in seeds {
            let life = try Life(["LD_PRELOAD": library.path, "FAULT": "storm \(seed) 15"], invocations: 20)
            let end = try life.run()
            #expect(end == .exit(0) || end == .exit(1), "seed \(seed): \(end)\n\(life.output)")
            if end == .exit(1) { #expect(life.output.contains("postinvoke: "), "seed \(seed) says nothing") }
            if end == .exit(0) { survivors += 1 }
        }
        // Neither too weak a storm nor too strong a one.
        #expect(survivors > 0 && survivors < seeds.count)
    }

    /// A function that lives on whatever happens to its connection, and a Lambda that has a few events for it.
    private final class Life {
        let scene: Scene
        private let invocations: Int
        private var function: Function?
        private var isToldOf = 0

        init(_ settings: [String: String?], invocations: Int = 3) throws {
            scene = try Scene(settings)
            self.invocations = invocations
        }

        var output: String { scene.process.standardError }

        func run() throws -> ExtensionProcess.End {
            var isShuttingDown = false
            try scene.wait(for: "the end", every: .milliseconds(2)) {
                if scene.process.hasEnded() { return true }
                if scene.lambda.isWaiting, !isShuttingDown {
                    if isToldOf < invocations {
                        isToldOf += 1
                        try scene.lambda.invoke("id-\(isToldOf)")
                    } else {
                        try expectRest()
                        isShuttingDown = true
                        try scene.lambda.shutDown()
                    }
                }
                live()
                return false
            }
            return scene.process.end ?? .exit(-1)
        }

        private func live() {
            if function == nil || function!.isClosed {
                guard let other = try? scene.connect(toleratesFailure: true) else { return }
                function = other
                other.send(check(session: 7))
                if isToldOf > 0 { other.send(done("id-\(isToldOf)")) }
            } else if isToldOf > 0, function!.lastDone != isToldOf {
                function!.lastDone = isToldOf
                function!.send(done("id-\(isToldOf)"))
            }
        }

        /// Nothing is to be done, and nothing is done: a process that spins would use the time.
        private func expectRest() throws {
            guard let before = scene.process.processorTime else { return }
            let until = Instant.now + .milliseconds(60)
            while Instant.now < until { try scene.loop.runOnce(until: until) }
            guard let after = scene.process.processorTime else { return }
            #expect(after - before <= 3, "used \(after - before) of 6 ticks while there was nothing to do")
        }
    }

    /// In C: the names, and their errors up to a negative number.
    private static let table = rows.map { row in
        let errors = row.errors.prefix(9).map { "\($0)" } + ["-1"]
        return "{\"\(row.call)\", {\(errors.joined(separator: ", "))}},"
    }.joined(separator: "\n  ")

    private let source = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <signal.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/epoll.h>
        #include <sys/socket.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        static char wanted[32];
        static int error, nth, rate, isStorm;
        static uint64_t state;

        __attribute__((constructor)) static void start(void) {
          const char *plan = getenv("FAULT");
          if (!plan) return;
          sscanf(plan, "%31s %d %d", wanted, &error, &nth);
          isStorm = strcmp(wanted, "storm") == 0;
          if (isStorm || strcmp(wanted, "hail") == 0) { state = (uint64_t)error * 0x9E3779B97F4A7C15u; rate = nth; }
        }

        enum { pass, fail, less };

        static int roll(unsigned sides) {
          state ^= state << 13; state ^= state >> 7; state ^= state << 17;
          return (int)(state % sides);
        }

        // The table of the calls' errors, as the test has it.
        static const struct { const char *name; int errors[10]; } table[] = {
          \#(Self.table)
        };

        static int storm(const char *name) {
          if (roll((unsigned)rate) != 0) return pass;
          for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
            if (strcmp(table[i].name, name) != 0) continue;
            int count = 0;
            while (count < 10 && table[i].errors[count] >= 0) count++;
            errno = table[i].errors[roll((unsigned)count)];
            return errno ? fail : less;
          }
          return pass;
        }

        // Tells that the call came that was to be struck.
        static void mark(void) {
          const char *path = getenv("FAULT_MARK");
          int file = path ? open(path, O_CREAT | O_WRONLY, 0600) : -1;
          if (file >= 0) syscall(SYS_close, file);
        }

        // What is to become of this call.
        static int fate(const char *name) {
          if (isStorm) return storm(name);
          if (rate) {
            int moves = strcmp(name, "recv") == 0 || strcmp(name, "send") == 0;
            int waits = strcmp(name, "epoll_wait") == 0 || strcmp(name, "accept4") == 0;
            if (!(moves || waits) || roll((unsigned)rate) != 0) return pass;
            if (moves && roll(2)) return less;
            errno = moves && roll(2) ? EAGAIN : EINTR;
            return fail;
          }
          if (strcmp(name, wanted) != 0 || --nth != 0) return pass;
          mark();
          if (error == 0) return less;
          errno = error;
          return fail;
        }

        #define REAL(f) ((__typeof__(&f))dlsym(RTLD_NEXT, #f))
        #define WRAP(type, f, parameters, ...) \
          type f parameters { return fate(#f) == fail ? -1 : REAL(f)(__VA_ARGS__); }

        WRAP(int, epoll_create1, (int a), a)
        WRAP(int, signalfd, (int a, const sigset_t *b, int c), a, b, c)
        WRAP(int, socket, (int a, int b, int c), a, b, c)
        WRAP(int, setsockopt, (int a, int b, int c, const void *d, socklen_t e), a, b, c, d, e)
        WRAP(int, getsockopt, (int a, int b, int c, void *d, socklen_t *e), a, b, c, d, e)
        WRAP(int, bind, (int a, __CONST_SOCKADDR_ARG b, socklen_t c), a, b, c)
        WRAP(int, listen, (int a, int b), a, b)
        WRAP(int, connect, (int a, __CONST_SOCKADDR_ARG b, socklen_t c), a, b, c)

        // To forget a descriptor takes no memory.
        int epoll_ctl(int a, int b, int c, struct epoll_event *d) {
          return b != EPOLL_CTL_DEL && fate("epoll_ctl") == fail ? -1 : REAL(epoll_ctl)(a, b, c, d);
        }

        WRAP(int, epoll_wait, (int a, struct epoll_event *b, int c, int d), a, b, c, d)
        WRAP(int, accept4, (int a, __SOCKADDR_ARG b, socklen_t *c, int d), a, b, c, d)

        // The descriptor is gone even when close(2) fails.
        int close(int a) {
          int result = fate("close"), was = errno;
          if (result == fail) { REAL(close)(a); errno = was; return -1; }
          return REAL(close)(a);
        }

        // A connection that was lost is lost in both directions.
        static int lose(int a) {
          int was = errno;
          if (was != EAGAIN && was != EINTR) shutdown(a, SHUT_RDWR);
          errno = was;
          return -1;
        }

        ssize_t recv(int a, void *b, size_t c, int d) {
          int result = fate("recv");
          if (result == fail) return lose(a);
          return REAL(recv)(a, b, result == less && c > 7 ? 7 : c, d);
        }

        ssize_t send(int a, const void *b, size_t c, int d) {
          int result = fate("send");
          if (result == fail) return lose(a);
          return REAL(send)(a, b, result == less && c > 7 ? 7 : c, d);
        }
        """#
}
