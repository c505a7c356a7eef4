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

    @Test func appendsItsTextOrItsNumber() {
        for (error, text) in [
            (Errno.addressInUse, "Address already in use"), (Errno(rawValue: 4095), "error 4095"),
            (Errno(rawValue: -1), "error 1"), (Errno(rawValue: 0), "error 0"),
        ] {
            var buffer = Buffer()
            error.append(to: &buffer)
            #expect(buffer.readable.string == text)
        }
    }

    @Test func theTableSaysWhatTheSystemSays() throws {
        let lines = ByteView(Errno.texts).string.split(separator: "\n")
        #expect(lines.count > 30)
        for line in lines {
            let space = try #require(line.firstIndex(of: " "))
            let number = try #require(Int32(line[..<space]))
            #expect(Errno(rawValue: number).text.string == line[line.index(after: space)...], "\(number)")
        }
    }

    @Test func readsTheThreadsErrno() {
        clinux_set_errno(EXDEV)
        let error = Errno.current
        #expect(error.rawValue == EXDEV)
    }
}
