import Foundation

/// A call of the benchmark that failed, and for whom.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ what: String) { description = what }

    /// A C function's failure, by errno.
    init(_ what: String, _ error: Int32) { description = "\(what): \(String(cString: strerror(error)))" }
}

/// Throws what errno says when a C function has returned less than zero.
@discardableResult
func check<Value: BinaryInteger>(_ value: Value, _ what: @autoclosure () -> String) throws -> Value {
    guard value >= 0 else { throw Failure(what(), errno) }
    return value
}
