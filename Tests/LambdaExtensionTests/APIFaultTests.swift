import LambdaExtension
import Testing

@Suite struct APIFaultTests {
    @Test(arguments: [
        (APIFault.refused(status: 500, errorType: [], message: []), "answered 500"),
        (
            .refused(status: 403, errorType: Array("Extension.UnknownExtensionIdentifier".utf8), message: []),
            "answered 403 Extension.UnknownExtensionIdentifier"
        ),
        (.refused(status: 403, errorType: Array("T".utf8), message: Array("m n".utf8)), "answered 403 T: m n"),
        (
            .refused(status: 500, errorType: Array("T\n".utf8), message: Array("\u{1B}[1m é\r\n\u{7F}".utf8)),
            "answered 500 T :  [1m é   "
        ),
        (.refused(status: 404, errorType: [], message: Array("m".utf8)), "answered 404: m"),
        (.connection(.cannotConnect(.connectionRefused)), "cannot connect: Connection refused"),
        (.connection(.connectionLost(nil)), "lost the connection before the answer"),
        (
            .connection(.connectionLost(.connectionReset)),
            "lost the connection before the answer: Connection reset by peer"
        ),
        (.connection(.responseTooLarge), "answer too large"),
        (.connection(.timedOut), "timed out"),
        (.connection(.closed), "closed"),
        (.malformed("an eventType"), "answered without an eventType"),
    ])
    func saysWhatHappened(_ fault: APIFault, _ words: String) { #expect(fault.description == words) }

    @Test(arguments: [
        (ExtensionError.Call.register, "register"), (.next, "event/next"), (.initError, "init/error"),
        (.exitError, "exit/error"),
    ])
    func namesTheCall(_ call: ExtensionError.Call, _ name: String) {
        let error = ExtensionError(call: call, fault: .refused(status: 403, errorType: Array("T".utf8), message: []))
        #expect(error.description == "Extensions API \(name) answered 403 T")
    }
}
