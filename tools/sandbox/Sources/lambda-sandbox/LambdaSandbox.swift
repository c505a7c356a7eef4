import ArgumentParser
import Version

/// Plays the Lambda service on this machine.
@main
struct LambdaSandbox: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lambda-sandbox",
        abstract: "Emulates the Lambda service for one function on this machine.",
        version: "lambda-sandbox \(postinvokeVersion)",
        subcommands: [Run.self, Event.self])
}
