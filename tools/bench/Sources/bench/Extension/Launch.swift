import CBench
import Glibc
import Processes

/// The start of an extension or a function: the program, and the two addresses in its environment. The environment holds nothing else
/// than is given here, since its size moves the stack and thereby the figures.
struct Launch {
    enum Transport {
        case tcp, unix
        /// The page of shared memory that comes over a Unix socket.
        case page

        /// The one by which Next follows on `/done` soonest.
        static let fastest = Transport.page

        var words: String {
            switch self {
            case .tcp: "TCP"
            case .unix: "Unix socket"
            case .page: "shared page"
            }
        }
    }

    let command: [String]
    let transport: Transport
    /// The mock of the API.
    let listener: Int32
    let apiPort: UInt16
    /// Where the extension listens: a port, or the name of an abstract Unix socket.
    let port: UInt16
    let socketName: String
    private let environment: [String]

    /// - Parameter environment: other variables, or other values of these.
    init(_ command: [String], _ transport: Transport, environment: [String: String] = [:]) throws {
        self.command = command
        self.transport = transport
        var apiPort: UInt16 = 0
        listener = try check(bench_listen(&apiPort), "listening for \(command[0])")
        self.apiPort = apiPort
        port = UInt16(try check(bench_free_port(), "a free port"))
        socketName = "postinvoke-bench-\(port)"
        let address = transport == .tcp ? "127.0.0.1:\(port)" : "unix:@\(socketName)"
        let all = environment.merging(
            ["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(apiPort)", "POSTINVOKE_ADDRESS": address]
        ) { given, _ in given }
        self.environment = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    func close() { Glibc.close(listener) }

    func spawn(on cpu: Int32) throws -> pid_t {
        var program = Spawn(command, environment: environment)
        program.cpu = cpu < 0 ? .any : .number(cpu)
        do {
            return try program.start()
        } catch {
            throw Failure("starting \(command[0])", error.rawValue)
        }
    }

    /// Starts it with its system calls counted; the tracer's pid and what it counts.
    func spawnTraced(on cpu: Int32) throws -> (tracer: pid_t, trace: OpaquePointer) {
        var trace: OpaquePointer?
        let tracer = try check(
            Spawn(command, environment: environment).withVectors {
                bench_spawn_traced(command[0], $0, $1, cpu, &trace)
            }, "starting \(command[0])")
        guard let trace else { throw Failure("no trace") }
        return (tracer, trace)
    }
}
