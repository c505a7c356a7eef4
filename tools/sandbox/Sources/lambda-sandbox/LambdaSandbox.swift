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

    static func main() {
        if let fault = fault(in: CommandLine.arguments.dropFirst()) { exit(withError: ValidationError(fault)) }
        main(nil)
    }

    /// The fault of a word that should be a subcommand: the parser only calls it unexpected, or its options unknown.
    private static func fault(in arguments: ArraySlice<String>) -> String? {
        let subcommands = configuration.subcommands.map { $0._commandName }
        let isHelp = arguments.first == "help"
        guard let word = isHelp ? arguments.dropFirst().first : arguments.first, !subcommands.contains(word) else {
            return nil
        }
        if word.hasPrefix("-") {
            let ours = [
                "-h", "--help", "--version", "--generate-completion-script", "--experimental-dump-help",
                "---completion",
            ]
            guard !isHelp, !ours.contains(where: word.hasPrefix) else { return nil }
            return "\(word): a subcommand must come first, such as lambda-sandbox run \(word)"
        }
        let meant = Spelling.nearest(to: word, among: subcommands).map { "did you mean \($0)? " } ?? ""
        return "no subcommand is called \(word); \(meant)there are: \((subcommands + ["help"]).joined(separator: ", "))"
    }
}
