#if hasFeature(Embedded)
import LambdaAPI

/// No hook of a program of one thread runs beside what would look at the time.
struct RestoreLimit {
    init(_ limit: Duration, endpoint: LambdaEndpoint) {}

    func callOff() {}
}
#endif
