import LambdaExtension

/// The name is the executable's: the file extensions/my-extension in the layer.
let program = ExtensionProgram("my-extension")

/// The entry point, in both build modes: a C function named after the module, which is given the arguments. Embedded Swift has no
/// `CommandLine`.
@c(my_extension_main)
public func start(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    program.run { (endpoint) throws(Errno) in try Extension(endpoint: endpoint).run() }
}
