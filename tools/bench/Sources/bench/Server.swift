import CBench
import Foundation
import Processes

/// A server as a process of its own.
final class Server {
    let name: String
    let port: UInt16
    private let program: Program
    /// True if a child of the program serves.
    private var hasWorker = false

    /// Starts a server that says its port first.
    init(_ name: String, _ command: [String], on cpu: Int32) throws {
        self.name = name
        program = try Program(command, on: cpu)
        let line = try program.firstLine()
        guard let port = UInt16(line) else { throw Failure("\(name) says no port but: \(line)") }
        self.port = port
    }

    /// Starts a server that listens at a port, and waits until it does.
    ///
    /// - Parameter cpu: the CPU it is put on; -1 for any.
    init(_ name: String, _ command: [String], at port: UInt16, on cpu: Int32 = -1) throws {
        self.name = name
        self.port = port
        program = try Program(command, on: cpu, isRead: false)
        let deadline = bench_now() + 10_000_000_000
        while (try? Connection(port: port)) == nil {
            guard bench_now() < deadline else { throw Failure("\(name) does not come up") }
            usleep(10_000)
        }
    }

    /// Starts nginx.
    ///
    /// - Parameter folder: an empty one, which it uses while it runs.
    convenience init(nginx: String, in folder: URL, on cpu: Int32) throws {
        let port = UInt16(try check(bench_free_port(), "a free port"))
        let file = folder.appendingPathComponent("nginx.conf")
        let errors = folder.appendingPathComponent("errors").path
        try Data(Self.configuration(port: port, folder: folder.path).utf8).write(to: file)
        do {
            try self.init("nginx", [nginx, "-p", folder.path, "-c", file.path, "-e", errors], at: port, on: cpu)
        } catch {
            throw Failure("\(error): \(ProcessFiles.text(errors))")
        }
        hasWorker = true
    }

    func end() { program.end() }

    /// The CPU time that it has used, in nanoseconds.
    func cpuTime() throws -> Int64 { try check(bench_cpu_time(worker), "\(name) has ended") }

    func memory() throws -> Memory { try Memory(of: worker) }

    /// The process that serves.
    private var worker: pid_t {
        guard hasWorker else { return program.pid }
        let children = ProcessFiles(of: program.pid).text("task/\(program.pid)/children")
        return children.split(separator: " ").first.flatMap { pid_t($0) } ?? program.pid
    }

    /// One worker that answers at once, writes no log, and lets a connection live.
    private static func configuration(port: UInt16, folder: String) -> String {
        """
        worker_processes 1;
        daemon off;
        pid \(folder)/pid;
        error_log \(folder)/errors;
        worker_rlimit_nofile 20000;
        events { worker_connections 8192; }
        http {
          access_log off;
          keepalive_requests 1000000000;
          keepalive_timeout 600;
          client_body_temp_path \(folder)/body;
          proxy_temp_path \(folder)/proxy;
          fastcgi_temp_path \(folder)/fastcgi;
          uwsgi_temp_path \(folder)/uwsgi;
          scgi_temp_path \(folder)/scgi;
          server {
            listen 127.0.0.1:\(port) backlog=4096;
            location / { default_type text/plain; return 200 "ok"; }
          }
        }

        """
    }
}
