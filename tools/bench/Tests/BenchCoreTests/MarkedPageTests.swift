import BenchCore
import Testing

@Suite struct MarkedPageTests {
    private static let page = """
        # Title
        <!-- one -->
        old
        old, too
        <!-- end of one -->
        between
        <!-- two -->
        <!-- end of two -->

        """

    @Test func whatStandsInAPlaceIsReplacedAndNothingElse() throws {
        var page = MarkedPage(Self.page)
        try page.fill("one", with: "| a |\n| b |")
        try page.fill("two", with: "new")
        let filled = """
            # Title
            <!-- one -->

            | a |
            | b |

            <!-- end of one -->
            between
            <!-- two -->

            new

            <!-- end of two -->

            """
        #expect(page.text == filled)
        try page.fill("one", with: "| a |\n| b |")
        #expect(page.text == filled, "filled again with the same, it is the same")
    }

    @Test(arguments: [
        "three", "on", "one -->",
    ])
    func aPageWithoutSuchAPlaceStaysAsItIs(_ name: String) {
        var page = MarkedPage(Self.page)
        #expect(throws: MarkedPage.NoPlace.self) { try page.fill(name, with: "x") }
        #expect(page.text == Self.page)
    }

    @Test(arguments: [
        "<!-- a -->\nx", "<!-- end of a -->\n<!-- a -->", "<!-- a -->\n<!-- a -->\n<!-- end of a -->",
        " <!-- a -->\n<!-- end of a -->", "<!-- a -->\n<!-- end of a -->\n<!-- end of a -->",
    ])
    func aPlaceHasOneBeginningAndOneEnd(_ text: String) {
        var page = MarkedPage(text)
        #expect(throws: MarkedPage.NoPlace.self) { try page.fill("a", with: "x") }
        #expect(page.text == text)
    }
}
