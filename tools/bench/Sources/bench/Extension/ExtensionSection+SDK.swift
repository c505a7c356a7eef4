import BenchCore
import CBench
import CProcesses
import Charts
import Foundation
import PostInvoke

extension ExtensionSection {
    /// Measures the end of an invocation through the SDK's public API, beside the raw client's `/done`, both of this
    /// process and with the same extension.
    func measureSDK(into report: inout Report) async throws {
        let extensionUnderTest = try Contestant(
            "postinvoke", [programs.extension], on: placements[0], opensSession: false)
        setenv("POSTINVOKE_ADDRESS", extensionUnderTest.address, 1)
        let postInvoke = try await PostInvoke.connect(mode: .layer)
        var (raw, sdk): ([Samples], [Samples]) = ([], [])
        let cycles = effort.cyclesPerRound / 2
        for round in 0...effort.rounds {
            processes_pin(placements[0].client)
            var times: [[Int64]] = [[], []]
            for turn in 0..<2 {
                let isSDK = (turn == 0) == round.isMultiple(of: 2)
                for _ in 0..<cycles {
                    let id = try extensionUnderTest.invoke()
                    let time = isSDK ? await end(id, postInvoke) : try extensionUnderTest.done()
                    try extensionUnderTest.expectNext()
                    times[isSDK ? 1 : 0].append(time)
                }
            }
            // The first round warms up.
            guard round > 0 else { continue }
            raw.append(Samples(times[0]))
            sdk.append(Samples(times[1]))
        }
        let comparison = Comparison(sdk, to: raw) { $0.median }
        report.rows.append(
            Row(
                "the Swift SDK's done call, beside the raw C client's", sdk.map(\.median), beside: raw.map(\.median),
                ratio: comparison.ratio, range: comparison.ratios.bulk, goal: .atMost(1.10)))
    }

    /// An invocation whose handler leaves no closure: its end is the done call.
    private func end(_ id: String, _ postInvoke: PostInvoke) async -> Int64 {
        let invocation = postInvoke.begin(requestID: id)
        let start = bench_now()
        await invocation.handle {}
        return bench_now() - start
    }
}
