#if hasFeature(Embedded)
/// The end of a program of one thread: no other is there to hear of SIGTERM, which ends it like any program that does not ask.
package final class Termination: Sendable {
    package static let shared = Termination()

    package func whenAsked(_ body: @escaping @Sendable () -> Void) {}
    package func begin() {}
    package func end() {}
    package func stepInFront() {}
    package func watch(report: @escaping @Sendable (String) -> Void) {}
}
#endif
