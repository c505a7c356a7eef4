import CLinux
import Reactor
import Testing

@Suite struct FileDescriptorTests {
    @Test func readsWhatWasWritten() throws {
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        #expect(try reader.receive() == nil)
        try writer.send("hello, world")
        #expect(try reader.receive(5) == "hello")
        #expect(try reader.receive() == ", world")
        #expect(try reader.receive() == nil)
    }

    @Test func noRoomIsNotTheEnd() throws {
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        try writer.send()
        let result = try reader.descriptor.read(into: UnsafeMutableRawBufferPointer(start: nil, count: 0))
        #expect(result == .bytes(0))
    }

    @Test func aFullPipeWouldBlock() throws {
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        let block = [UInt8](repeating: 7, count: 4096)
        var written = 0
        loop: while true {
            switch try block.withByteView({ (bytes) throws(Errno) in try writer.descriptor.write(bytes) }) {
            case .bytes(let count): written += count
            case .wouldBlock: break loop
            case .endOfStream: Issue.record("a write has no end of stream")
            }
        }
        // The least a pipe holds is a page (pipe(7)).
        #expect(written >= 4096)
    }

    @Test func closingIsTheEndOfTheStream() throws {
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        writer.close()
        #expect(try reader.next() == "")
    }

    @Test func leavingScopeCloses() throws {
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        do {
            let copy = FileDescriptor(rawValue: clinux_fcntl(writer.descriptor.rawValue, F_DUPFD_CLOEXEC, 0))
            writer.close()
            _ = try copy.write("x")
            #expect(try reader.receive() == "x")
            #expect(try reader.receive() == nil)
        }
        #expect(try reader.next() == "")
    }

    @Test func closeClosesAtOnce() throws {
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        let copy = FileDescriptor(rawValue: clinux_fcntl(writer.descriptor.rawValue, F_DUPFD_CLOEXEC, 0))
        writer.close()
        #expect(try reader.receive() == nil)
        copy.close()
        #expect(try reader.next() == "")
    }

    @Test func releaseLeavesTheDescriptorOpen() throws {
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        let copy = FileDescriptor(rawValue: clinux_fcntl(writer.descriptor.rawValue, F_DUPFD_CLOEXEC, 0))
        writer.close()
        let number = copy.release()
        #expect(try reader.receive() == nil)
        let again = FileDescriptor(rawValue: number)
        #expect(try again.write("x") == .bytes(1))
        #expect(try reader.receive() == "x")
    }

    @Test func aReadOnTheWrongEndThrows() throws {
        let (reader, writer) = try End.pipe()
        defer { extendLifetime((reader, writer)) }
        #expect(throws: Errno.badFileDescriptor) { try writer.receive() }
        #expect(throws: Errno.badFileDescriptor) { try reader.send() }
    }

    @Test func closingTwiceTraps() async {
        await #expect(processExitsWith: .failure) {
            let number = eventfd(0, clinux_eventfd_flags)
            _ = FileDescriptor(rawValue: number)
            _ = FileDescriptor(rawValue: number)
        }
    }
}
