/// The colours that all pictures share: dark text on light paper.
package enum Ink {
    package static let paper = "#ffffff"
    package static let text = "#1b2430"
    package static let faint = "#5b6675"
    package static let grid = "#d7dde5"
}
