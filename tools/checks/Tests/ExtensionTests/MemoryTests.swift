import Testing

/// Tests how much of the function's memory the layer's executable uses.
@Suite struct MemoryTests {
    @Test(.enabled(if: Binary.isStatic, "linked dynamically, sanitized, or run by a runner, whose memory it would be"))
    func holdingTakesLittle() throws {
        let scene = try Scene.polling()
        let function = try scene.openSession()
        for round in 1...20 {
            try scene.lambda.invoke("a\(round)")
            try scene.expectHold("a\(round)")
            #expect(try scene.ask(function, done("a\(round)")).status == 200)
            try scene.expectNext(1 + round)
        }
        try scene.lambda.invoke("held")
        try scene.expectHold("held")
        #expect(try #require(scene.process.memory("Rss:")) <= 400)
        #expect(try #require(scene.process.memory("Private_Dirty:")) <= 100)
    }
}
