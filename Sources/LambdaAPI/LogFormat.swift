/// The form of log entries ("Configuring advanced logging controls for Lambda functions").
package enum LogFormat: Sendable {
    case text, json

    /// Reads Lambda's word for a format, in any case: the documentation writes `JSON`, Managed Instances get `json`.
    package init?(_ text: ByteView) {
        if text.equalsIgnoringCase("Text") {
            self = .text
        } else if text.equalsIgnoringCase("JSON") {
            self = .json
        } else {
            return nil
        }
    }
}
