import LambdaExtension

extension HTTPServer.Limits {
    /// The limits of the extension's own server. Requests there are short and sent at once; a peer that dawdles must not keep the
    /// function out.
    static var local: HTTPServer.Limits {
        var limits = HTTPServer.Limits()
        limits.bodyBytes = 8_192
        limits.headTimeout = .seconds(3)
        limits.bodyTimeout = .seconds(3)
        return limits
    }
}
