/// Holds an object for ever in a program whose loop, server and client live as long as its process, as the layer's do (IMMORTAL,
/// layer/musl-sdk): what would take them apart is then left out of it. Elsewhere it does nothing.
@inline(__always)
package func keepInImmortalProgram<Object: AnyObject>(_ object: Object) {
    #if IMMORTAL
    _ = Unmanaged.passRetained(object)
    #endif
}
