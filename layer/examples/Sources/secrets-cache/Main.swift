// An extension that keeps secrets of a slow origin near the function: GET http://127.0.0.1:2773/secrets/NAME, with the
// session token in a header. What the environment says is in Settings.swift.
import LambdaExtension

let program = ExtensionProgram("secrets-cache")

/// The entry point, in both build modes: named after the module.
@c(secrets_cache_main)
public func secretsCacheMain(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
    let settings: Settings
    do { settings = try .fromEnvironment() } catch { return program.end(because: error) }
    return program.run { (endpoint) throws(Errno) in try SecretsCache(settings: settings, endpoint: endpoint).run() }
}
