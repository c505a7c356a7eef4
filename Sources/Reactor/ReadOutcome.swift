/// The part of what came that a handler of ``Interest/arrivals`` has left unread.
///
/// On a stream socket nothing is left when a read brought bytes and did not fill its room (epoll(7)). One that found
/// nothing proves nothing. An end of the stream behind the last bytes, which the kernel reports together with them, is the
/// loop's concern.
package enum ReadOutcome {
    /// Everything was read: the kernel reports what comes next.
    case drained
    /// Something may be left, so that the handler wants to be called again.
    case mayHaveMore
}
