import CLinux
import Reactor
import Testing

@Suite struct ErrnoTests {
    @Test func saysWhatTheSystemSays() {
        #expect(Errno.connectionRefused.description == "Connection refused (errno 111)")
        #expect(Errno.noSuchFile.text == "No such file or directory")
        #expect(Errno(rawValue: 4095).description == "Unknown error 4095 (errno 4095)")
    }

    @Test(
        arguments: [
            (Errno.notPermitted, EPERM), (.noSuchFile, ENOENT), (.interrupted, EINTR), (.wouldBlock, EAGAIN),
            (.wouldBlock, EWOULDBLOCK), (.badFileDescriptor, EBADF), (.noMemory, ENOMEM), (.permissionDenied, EACCES),
            (.invalidArgument, EINVAL), (.tooManyFilesInSystem, ENFILE), (.tooManyFiles, EMFILE), (.brokenPipe, EPIPE),
            (.nameTooLong, ENAMETOOLONG), (.addressInUse, EADDRINUSE), (.addressNotAvailable, EADDRNOTAVAIL),
            (.connectionAborted, ECONNABORTED), (.connectionReset, ECONNRESET), (.noBufferSpace, ENOBUFS),
            (.notConnected, ENOTCONN), (.timedOut, ETIMEDOUT), (.connectionRefused, ECONNREFUSED),
            (.inProgress, EINPROGRESS),
        ] as [(Errno, Int32)])
    func namesTheNumber(error: Errno, number: Int32) {
        #expect(error.rawValue == number)
        #expect(error == Errno(rawValue: number))
    }

    @Test func readsTheThreadsErrno() {
        clinux_set_errno(EXDEV)
        let error = Errno.current
        #expect(error.rawValue == EXDEV)
    }
}
