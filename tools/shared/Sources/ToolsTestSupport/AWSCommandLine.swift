import Processes

/// `aws lambda invoke` with credentials that are made up.
package final class AWSCommandLine {
    /// True if it is installed.
    package static let isInstalled: Bool = findProgram("aws") != nil

    private let url: String
    private let folder: TemporaryFolder

    /// - Parameter url: the address of the Invoke API.
    package init(at url: String) throws {
        self.url = url
        folder = try TemporaryFolder()
    }

    /// Invokes the function; returns what the command printed.
    ///
    /// - Throws: when it does not succeed.
    package func invoke(_ event: String, _ options: String...) throws -> String {
        let file = try folder.write(event, to: "event.json")
        let command = try RunningProgram(
            [
                "aws", "lambda", "invoke", "--endpoint-url", url, "--function-name", "f", "--payload",
                "fileb://\(file)", "--output", "json",
            ] + options + [folder.path(of: "out.json")],
            environment: [
                "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
                "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "", "NO_PROXY": "127.0.0.1",
            ])
        guard try command.waitForEnd() == 0 else { throw TestFailure(command.transcript) }
        return command.transcript
    }

    /// The function's answer; nil before there is one.
    package var response: String? { folder.text(of: "out.json") }
}
