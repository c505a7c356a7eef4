#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The decimal logarithm, from the C library: Foundation is not needed for that.
func log10(_ value: Double) -> Double {
    #if canImport(Glibc)
    Glibc.log10(value)
    #else
    Musl.log10(value)
    #endif
}
