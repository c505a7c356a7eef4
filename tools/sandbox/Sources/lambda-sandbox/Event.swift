import ArgumentParser
import SampleEvents

/// Prints an event of a service.
struct Event: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints an event as a service sends it, to edit or to pass to run --event.",
        discussion: """
            Examples:
              lambda-sandbox event sqs --set 'Records[0].body={"id":7}' | lambda-sandbox run --function PATH --event -
                  Invoke with a message of a queue.
              lambda-sandbox event function-url --set requestContext.http.method=PUT >event.json
                  Make an event to edit.
            """)

    @Argument(help: "The event's name, one of --list.", completion: .list(SampleEvent.allCases.map(\.rawValue)))
    var name: String?

    @Flag(help: "List the names, and what sends each.")
    var list = false

    @Option(
        help: ArgumentHelp(
            """
            Change a value, such as requestContext.http.method=PUT or Records[1].body=text; := in place of = takes JSON. What follows \
            from the value, as md5OfBody does from body, follows it.
            """, valueName: "path=value"))
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
            let names = SampleEvent.allCases.map(\.rawValue)
            let meant = Spelling.nearest(to: name, among: names).map { "did you mean \($0)? " } ?? ""
            throw ValidationError("no event is called \(name); \(meant)there are: \(names.joined(separator: ", "))")
        }
        var document = event.document
        for text in set {
            do throws(Assignment.Fault) {
                guard let added = try Assignment(text).apply(to: &document) else { continue }
                let meant = Spelling.nearest(to: added.name, among: added.others).map { "; did you mean \($0)?" } ?? ""
                say("--set \(text): adds \(added.name), which the event did not have\(meant)")
            } catch {
                throw ValidationError("--set \(text): \(error.description)")
            }
        }
        event.derive(in: &document)
        print(document.lines, terminator: "")
    }
}
