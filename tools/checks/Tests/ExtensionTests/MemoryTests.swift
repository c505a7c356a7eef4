import Testing

/// Tests how much of the function's memory the layer's executable uses.
@Suite struct MemoryTests {
    @Test(.enabled(if: Binary.isStatic, "linked dynamically, sanitized, or run by a runner, whose memory it would be"))
    func holdingTakesLittle() throws {
        let (scene, function) = try Scene.inSession()
        for round in 1...20 {
            try scene.cycle(function, "a\(round)", next: 1 + round)
        }
        try scene.hold("held")
        #expect(try #require(scene.process.memory("Rss:")) <= 400)
        #expect(try #require(scene.process.memory("Private_Dirty:")) <= 100)
    }
}
