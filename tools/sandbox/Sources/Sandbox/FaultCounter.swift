/// Counts the calls of a run and finds those that are to be answered wrongly.
package struct FaultCounter {
    private var faults: [AnswerFault]
    private var counts: [AnswerFault.Call: Int] = [:]

    package init(_ faults: [AnswerFault]) { self.faults = faults }

    /// Adds a fault, whose calls are counted from now on.
    package mutating func add(_ fault: AnswerFault) {
        var fault = fault
        if let occurrence = fault.occurrence { fault.occurrence = counts[fault.call, default: 0] + occurrence }
        faults.append(fault)
    }

    /// The fault of the call that has just come; nil for most.
    package mutating func take(_ call: AnswerFault.Call) -> AnswerFault? {
        guard !faults.isEmpty else { return nil }
        counts[call, default: 0] += 1
        return faults.first { $0.call == call && ($0.occurrence == nil || $0.occurrence == counts[call]) }
    }
}
