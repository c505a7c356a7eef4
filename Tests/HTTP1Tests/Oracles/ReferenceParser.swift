import HTTP1

/// A request head understood the slow and obvious way: cut into lines, then into words. It knows whole heads only, knows
/// no limits and no kinds of faults; it says what is valid, to judge the real parser by.
func referenceRequest(_ bytes: [UInt8]) -> (summary: RequestSummary, length: Int)? {
    var lines: [[UInt8]] = []
    var offset = bytes.starts(with: [13, 10]) ? 2 : 0
    while true {
        var line: [UInt8] = []
        while !line.suffix(2).elementsEqual([13, 10]) {
            guard offset < bytes.count else { return nil }
            line.append(bytes[offset])
            offset += 1
        }
        line.removeLast(2)
        if line.isEmpty { break }
        lines.append(line)
    }

    guard let words = lines.first?.split(separator: 0x20, omittingEmptySubsequences: false), words.count == 3,
        !words[0].isEmpty, words[0].allSatisfy(ByteClass.isToken),
        !words[1].isEmpty, words[1].allSatisfy(ByteClass.isTarget)
    else { return nil }
    var summary = RequestSummary(method: text(words[0]), target: text(words[1]))
    switch text(words[2]) {
    case "HTTP/1.0": summary.version = .http10
    case let word where word.count == 8 && word.hasPrefix("HTTP/1.") && word.last!.isWholeNumber:
        summary.version = .http11
    default: return nil
    }

    for line in lines.dropFirst() {
        guard let colon = line.firstIndex(of: 0x3A), colon > 0, line[..<colon].allSatisfy(ByteClass.isToken),
            line[(colon + 1)...].allSatisfy(ByteClass.isValue)
        else { return nil }
        summary.fields.append(Field(name: Array(line[..<colon]), value: Array(trimmed(line[(colon + 1)...]))))
    }
    guard understand(&summary) else { return nil }
    return (summary, offset)
}

/// Fills in what the fields say; false if they contradict themselves.
private func understand(_ summary: inout RequestSummary) -> Bool {
    let isNew = summary.version == .http11
    func values(_ name: String) -> [[UInt8]] {
        summary.fields.filter { text($0.name[...]).lowercased() == name }.map(\.value)
    }
    func members(_ name: String) -> [String] {
        values(name).flatMap { $0.split(separator: 0x2C, omittingEmptySubsequences: false) }
            .map { text(trimmed($0)).lowercased() }
    }

    let hosts = values("host")
    guard hosts.count == 1 || hosts.isEmpty && !isNew, hosts.allSatisfy({ $0.allSatisfy(ByteClass.isHost) }) else {
        return false
    }
    let connection = members("connection")
    summary.isKeepAlive = !connection.contains("close") && (isNew || connection.contains("keep-alive"))
    summary.expectsContinue = isNew && members("expect").contains("100-continue")

    let lengths = members("content-length")
    let numbers = lengths.compactMap { $0.allSatisfy("0123456789".contains) ? UInt64($0) : nil }
    guard numbers.count == lengths.count, Set(numbers).count <= 1 else { return false }
    if let length = numbers.first { summary.framing = .length(length) }

    guard !values("transfer-encoding").isEmpty else { return true }
    guard isNew, lengths.isEmpty, values("transfer-encoding").count == 1,
        members("transfer-encoding").filter({ !$0.isEmpty }) == ["chunked"]
    else { return false }
    summary.framing = .chunked
    return true
}

private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

private func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes
    while rest.first == 0x20 || rest.first == 0x09 { rest.removeFirst() }
    while rest.last == 0x20 || rest.last == 0x09 { rest.removeLast() }
    return rest
}
