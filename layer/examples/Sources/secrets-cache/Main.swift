// An extension that keeps secrets of a slow origin near the function: GET http://127.0.0.1:2773/secrets/NAME, with the
// session token in a header. What the environment says is in Settings.swift.
import LambdaExtension

/// The entry point, in both build modes: named after the module.
@c(secrets_cache_main)
public func secretsCacheMain(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
    let endpoint: LambdaEndpoint
    do {
        endpoint = try LambdaEndpoint.fromEnvironment()
    } catch {
        log { error.append(to: &$0) }
        return LambdaEndpointError.exitCode
    }
    let settings: Settings
    do {
        settings = try Settings.fromEnvironment()
    } catch {
        log { line in
            line.append(ByteView(error.variable))
            line.append(" ")
            line.append(ByteView(error.fault))
        }
        return 78
    }
    do {
        return try SecretsCache(settings: settings, endpoint: endpoint).run()
    } catch {
        log { $0.append(error.text) }
        return 1
    }
}

/// Writes a line to standard error.
func log(_ write: (inout Buffer) -> Void) {
    var line = Buffer()
    line.append("secrets-cache: ")
    write(&line)
    line.append("\n")
    // FileDescriptor closes what it owns; standard error is not ours to close.
    let standardError = FileDescriptor(rawValue: 2)
    _ = try? standardError.write(line.readable)
    _ = standardError.release()
}
