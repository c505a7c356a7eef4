import Glibc
import LambdaExtension

/// A Unix socket's address that nobody else has, and the setting that names it.
struct UnixName {
    let setting: String
    let address: SocketAddress

    init() {
        let text = "postinvoke-test-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        setting = "unix:@\(text)"
        address = .unix([0] + text.utf8)
    }
}
