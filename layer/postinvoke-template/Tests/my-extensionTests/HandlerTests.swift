import LambdaExtension
import Testing

@testable import my_extension

@Suite struct HandlerTests {
    @Test func `Invocations are counted, and named by their request`() throws {
        var handler = Handler()
        #expect(try began(&handler, #""7f3c""#) == "invocation 1, request 7f3c")
        #expect(try began(&handler, #""8a4d""#) == "invocation 2, request 8a4d")
    }

    /// The handler's line for an invocation whose id is this JSON string.
    private func began(_ handler: inout Handler, _ id: StaticString) throws -> String {
        var reader = JSONReader(ByteView(id))
        var line = Buffer()
        handler.began(requestID: try #require(try reader.nextText()), line: &line)
        return line.readable.string
    }
}
