import ReactorHTTP

extension RoutedRequest {
    /// True if a page in a browser sent the request, whatever name led the browser here.
    ///
    /// Any site's page can have a browser post to this machine, and does not need to read the answer to do harm. Every browser says so
    /// in one of these fields ("Fetch", section "Origin header"; "Fetch Metadata Request Headers", W3C); the SDKs and the runtimes,
    /// which may come by any name of this machine, send neither.
    var isOfPage: Bool { field("Origin") != nil || field("Sec-Fetch-Site").map { !($0 == "none") } ?? false }
}
