import CLinux
import LambdaExtension

/// The entry point, in both build modes: a C function, since Embedded Swift has no `CommandLine` to find the file's
/// name in. SwiftPM makes the one that is called after the module the program's main.
///
/// Exit codes: 0 after SHUTDOWN or SIGTERM, 1 when Lambda's API fails, 64 for an unknown argument, 78 for a bad setting
/// (sysexits(3)).
@c(postinvoke_main)
public func postinvokeMain(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
    survivePipesWithoutReader()
    if count > 1, let argument = arguments[1] { return answer(ByteView(endingWithZero: argument)) }
    let log = Log()
    log.format = Settings.logFormat
    let name = fileName(arguments[0])
    var endpoint: LambdaEndpoint?
    let settings: Settings
    do throws(SettingError) {
        try log.journal.open()
        log.format = log.journal.format ?? log.format
        let found = try LambdaEndpoint.fromEnvironment()
        endpoint = found
        settings = Settings(endpoint: found)
        try settings.readOwn()
    } catch {
        return ConfigurationFailure(error, endpoint: endpoint, name: name, log: log).report()
    }
    log.threshold = settings.logLevel
    do {
        return try Extension(settings: settings, name: name, log: log).run()
    } catch {
        log.write(.fatal, .noEventLoop, error: error) { line in
            line.append("no event loop: ")
            error.append(to: &line)
        }
        return ExitCode.apiFailure
    }
}

/// The exit codes of the process.
enum ExitCode {
    static var success: Int32 { 0 }
    static var apiFailure: Int32 { 1 }
    static var usage: Int32 { 64 }
    static var configuration: Int32 { SettingError.exitCode }
}

/// Makes a write to a stream whose reader has gone fail, instead of ending the process: an extension that dies of a lost
/// log line would fail the invocation with it.
private func survivePipesWithoutReader() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &set, nil)
}

/// `--version` and `--help`; Lambda starts extensions without arguments.
private func answer(_ argument: ByteView) -> Int32 {
    if argument == "--version" {
        var line = Buffer()
        line.append("postinvoke ")
        line.append(ByteView(postinvokeVersion))
        line.append("\n")
        StandardStream.output.write(line.readable)
        return ExitCode.success
    }
    if argument == "--help" || argument == "-h" {
        StandardStream.output.write(ByteView(help))
        return ExitCode.success
    }
    StandardStream.error.write(
        "postinvoke: unknown argument; it is configured by environment variables, see postinvoke --help\n")
    return ExitCode.usage
}

private let help: StaticString = """
    postinvoke: a Lambda extension that holds an invocation open until the function says that its work is done

    Put it into a layer as extensions/postinvoke; Lambda starts it. Settings, from the environment:
      AWS_LAMBDA_RUNTIME_API          host:port of Lambda's API; set by Lambda
      POSTINVOKE_ADDRESS              where functions reach it (127.0.0.1:1339); loopback, unix:@name or several
      POSTINVOKE_DEADLINE_MARGIN_MS   a hold ends this long before the invocation's deadline (50)
      POSTINVOKE_MAX_HOLD_MS          the longest hold (none)
      AWS_LAMBDA_LOG_FORMAT           Text or JSON (Text)
      AWS_LAMBDA_LOG_LEVEL            TRACE, DEBUG, INFO, WARN, ERROR or FATAL (INFO)
    Exit codes: 0 shut down, 1 Lambda's API failed, 64 unknown argument, 78 bad setting.

    """

/// The last part of a path: an external extension must register under its file's name.
private func fileName(_ path: UnsafeMutablePointer<CChar>?) -> ByteView {
    guard let path else { return "postinvoke" }
    let whole = ByteView(endingWithZero: path)
    var start = whole.count
    while start > 0, whole[start - 1] != UInt8(ascii: "/") { start -= 1 }
    return start < whole.count ? whole.dropFirst(start) : "postinvoke"
}
