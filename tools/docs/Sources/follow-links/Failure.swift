/// The reason why the site cannot be looked at.
struct Failure: Error, CustomStringConvertible { let description: String }
