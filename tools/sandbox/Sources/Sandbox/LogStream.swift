/// The log streams of a function's environments, which CloudWatch names by date, version and a random number.
enum LogStream {
    /// Such as `2026/11/29/[$LATEST]2c2f5ba4b6b54b8a9a9f3f1b9d1e0c7a`, for an environment that began at a time in milliseconds.
    static func name(at wall: Int64, _ identifiers: inout IdentifierSource) -> String {
        let date = Timestamp.iso8601(milliseconds: wall).prefix(10).replacing("-", with: "/")
        return
            "\(date)/[\(Settings.version)]\(identifiers.hexadecimal(digits: 16))\(identifiers.hexadecimal(digits: 16))"
    }
}
