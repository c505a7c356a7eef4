import CAllocationCount

/// The number of heap allocations that the calling thread makes in `body`; nil in a build that cannot count them (with a
/// sanitizer, or on a C library other than glibc).
///
/// A debug build may allocate where a release build does not: expect zero under `#if !DEBUG` only.
public func countAllocations<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) -> Int? {
    let before = allocation_count()
    try body()
    return allocations_are_counted() ? Int(allocation_count() - before) : nil
}
