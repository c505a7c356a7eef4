import ArgumentParser
import SampleEvents

/// Prints an event of a service.
struct Event: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints an event as a service sends it, to edit or to pass to run --event.",
        discussion: """
            lambda-sandbox event sqs --set 'Records[0].body={"id":7}' | lambda-sandbox run --function PATH --event -
            """)

    @Argument(help: "The event's name, one of --list.", completion: .list(SampleEvent.allCases.map(\.rawValue)))
    var name: String?

    @Flag(help: "List the names, and what sends each.")
    var list = false

    @Option(
        help: ArgumentHelp(
            "Change a value, such as requestContext.http.method=PUT or Records[1].body=text; := in place of = takes JSON.",
            valueName: "path=value"))
    var set: [String] = []

    func run() throws {
        if list {
            let width = SampleEvent.allCases.map(\.rawValue.count).max()!
            for event in SampleEvent.allCases {
                let gap = String(repeating: " ", count: width - event.rawValue.count + 2)
                print(event.rawValue + gap + event.summary)
            }
            return
        }
        guard let name else { throw ValidationError("which event? --list names them") }
        guard let event = SampleEvent(rawValue: name) else {
            let names = SampleEvent.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("no event is called \(name); there are: \(names)")
        }
        var document = event.document
        for text in set {
            do throws(Assignment.Fault) {
                try Assignment(text).apply(to: &document)
            } catch {
                throw ValidationError("--set \(text): \(error.description)")
            }
        }
        print(document.lines, terminator: "")
    }
}
