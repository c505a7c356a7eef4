import LambdaExtension

/// The entry point, in both build modes: a C function named after the module, which is given the arguments. Embedded Swift has no
/// `CommandLine`.
@c(my_extension_main)
public func myExtensionMain(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
    let endpoint: LambdaEndpoint
    do {
        endpoint = try LambdaEndpoint.fromEnvironment()
    } catch {
        log { error.append(to: &$0) }
        return LambdaEndpointError.exitCode
    }
    do {
        return try MyExtension(endpoint: endpoint).run()
    } catch {
        log { $0.append(error.text) }
        return 1
    }
}
