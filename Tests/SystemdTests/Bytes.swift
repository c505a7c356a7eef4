import Systemd

/// The bytes of a text, which stay for as long as the process, as a variable's do; nil for no text.
struct Bytes {
    let view: ByteView?

    init(_ text: String?) {
        guard let text else {
            view = nil
            return
        }
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(text.utf8.count, 1))
        _ = copy.initialize(from: text.utf8)
        view = ByteView(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(copy)[..<text.utf8.count]))
    }
}
