/// A part of the benchmark, which measures what belongs together.
package protocol Section {
    /// Its name, the heading of its figures and the name of their place on the page.
    var name: String { get }
    /// About how long it takes, in seconds; for the progress bar.
    var expectedSeconds: Double { get }

    /// Measures, and adds rows, tables and notes to the report.
    ///
    /// - Parameter progress: called with what is being measured, and the share of it that is done, from 0 to 1.
    mutating func measure(into report: inout Report, progress: (String, Double) -> Void) async throws

    /// The pictures of what was measured last.
    ///
    /// - Parameter report: what came of it.
    func pictures(of report: Report) -> [Picture]
}

extension Section {
    package func pictures(of report: Report) -> [Picture] { [] }
}
