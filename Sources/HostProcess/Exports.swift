#if !hasFeature(Embedded)
// In Embedded Swift, Mutex is this module's own.
@_exported import Synchronization
#endif
