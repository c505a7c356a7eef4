/// The reason why nothing more is done about an event, as its record names it.
package enum DiscardCondition: String, Sendable {
    case retriesExhausted = "RetriesExhausted"
    case eventAgeExceeded = "EventAgeExceeded"
}
