import CLinux
import Glibc
import Testing

/// The functions of Vendor/CLinux that Lambda's glibc lacks, beside those of this machine's glibc.
@Suite struct StandInTests {
    typealias OfFloats = @convention(c) (Float, Float) -> Float
    typealias OfDoubles = @convention(c) (Double, Double) -> Double
    static let own: (OfFloats, OfDoubles) = (hypotf, hypot)

    /// The same functions of the library, whoever else has one of the name.
    static func ofLibrary() throws -> (OfFloats, OfDoubles) {
        let library = try #require(dlopen("libm.so.6", RTLD_NOW))
        return (
            unsafeBitCast(try #require(dlsym(library, "hypotf")), to: OfFloats.self),
            unsafeBitCast(try #require(dlsym(library, "hypot")), to: OfDoubles.self)
        )
    }

    static let sides: [Double] = [
        0, -0.0, 3, -4, 1e-45, 1.17e-38, 1e-20, 1e19, 3.4e38, -3.4e38, 5e-324, 1e-310, 2.3e-308, 1e-160, 1e160, 1.2e308,
        -1.7e308,
        .infinity, -.infinity, .nan, .pi,
    ]

    @Test func theProgramCallsOurs() throws {
        let library = try Self.ofLibrary()
        #expect(unsafeBitCast(Self.own.0, to: Int.self) != unsafeBitCast(library.0, to: Int.self))
        #expect(unsafeBitCast(Self.own.1, to: Int.self) != unsafeBitCast(library.1, to: Int.self))
    }

    @Test func hypotenusesAreThoseOfTheLibrary() throws {
        let library = try Self.ofLibrary()
        func compare(_ x: Double, _ y: Double) {
            let (own, expected) = (Self.own.1(x, y), library.1(x, y))
            #expect(isNear(own, expected), "hypot(\(x), \(y)) is \(own), not \(expected)")
            let (small, expectedSmall) = (Self.own.0(Float(x), Float(y)), library.0(Float(x), Float(y)))
            #expect(isNear(small, expectedSmall), "hypotf(\(x), \(y)) is \(small), not \(expectedSmall)")
        }
        for x in Self.sides { for y in Self.sides { compare(x, y) } }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<10_000 {
            compare(Double(bitPattern: random.next()), Double(bitPattern: random.next()))
            compare(Double(Float(bitPattern: random.next())), Double(Float(bitPattern: random.next())))
        }
    }

    /// Both are within one unit of the last place.
    func isNear<Number: BinaryFloatingPoint>(_ one: Number, _ other: Number) -> Bool {
        one == other || one.isNaN && other.isNaN || one.nextUp == other || one.nextDown == other
    }

    @Test func whatIsTooLargeIsTold() {
        for (x, y, code) in [(3e38, 3e38, ERANGE), (3, 4, 0), (.infinity, 1, 0), (.nan, .infinity, 0)]
            as [(Float, Float, Int32)]
        {
            clinux_set_errno(0)
            _ = Self.own.0(x, y)
            #expect(clinux_errno() == code, "\(x), \(y)")
        }
        for (x, y, code) in [(1.7e308, 1.7e308, ERANGE), (3, 4, 0), (.infinity, 1, 0), (.nan, .infinity, 0)]
            as [(Double, Double, Int32)]
        {
            clinux_set_errno(0)
            _ = Self.own.1(x, y)
            #expect(clinux_errno() == code, "\(x), \(y)")
        }
    }

    @Test(arguments: [0, 1, 256, 257, 1 << 20])
    func fillsAllThatIsAskedFor(count: Int) {
        var bytes = [UInt8](repeating: 0, count: count + 8)
        bytes.withUnsafeMutableBytes { arc4random_buf($0.baseAddress!, count) }
        #expect(bytes[count...].allSatisfy { $0 == 0 })
        for start in stride(from: 0, through: count - 16, by: 16) {
            #expect(bytes[start..<start + 16].contains { $0 != 0 }, "nothing at \(start)")
        }
    }
}
