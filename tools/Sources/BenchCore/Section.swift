/// A part of the benchmark, which measures what belongs together.
package protocol Section {
    /// Its name, the heading of its rows.
    var name: String { get }
    /// About how long it takes, in seconds; for the progress bar.
    var expectedSeconds: Double { get }

    /// Measures, and adds rows and notes to the report.
    ///
    /// - Parameter progress: to be told what is being measured, and the share of it that is done, from 0 to 1.
    func measure(into report: inout Report, progress: (String, Double) -> Void) async throws
}
