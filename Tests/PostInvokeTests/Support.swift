import PostInvoke
import Reactor

/// A deadline as Lambda gives it.
func millisecondsFromNow(_ duration: Duration) -> Int64 {
    WallClock.milliseconds + Int64(duration / .milliseconds(1))
}

/// The one address that a text names.
func extensionAddress(_ text: String) throws(PostInvokeError) -> ExtensionAddress { try ExtensionAddress.list(text)[0] }
