import Bytes
import LambdaRuntime
import Testing

@Suite struct FunctionErrorTests {
    enum ShopError: Error { case closed(day: String) }
    struct Described: Error, CustomStringConvertible { let description = "in words" }

    @Test func isMadeOfAnyError() {
        #expect(FunctionError(ShopError.closed(day: "Sunday")).type == "ShopError")
        #expect(FunctionError(ShopError.closed(day: "Sunday")).message == #"closed(day: "Sunday")"#)
        #expect(FunctionError(Described()).message == "in words")
        let chosen = FunctionError(type: "A.B", message: "c")
        #expect(FunctionError(chosen) == chosen)
    }

    @Test(arguments: [("A.B", "A.B"), ("", "Unhandled"), ("Générique", "Unhandled"), ("A\r\nB: c", "Unhandled")])
    func namesATypeInAHeaderOnlyIfItFits(type: String, value: String) {
        #expect(FunctionError(type: type, message: "").headerValue == value)
    }

    @Test func writesAReport() {
        var buffer = Buffer()
        FunctionError(type: "A\"B", message: "line\nline").append(to: &buffer)
        #expect(
            buffer.readable.string == #"{"errorMessage":"line\nline","errorType":"A\"B","stackTrace":[]}"#)
    }

    @Test func cutsALongMessage() {
        var buffer = Buffer()
        FunctionError(type: "A", message: String(repeating: "é", count: 1 << 20)).append(to: &buffer)
        #expect(buffer.count < 70_000)
    }
}
