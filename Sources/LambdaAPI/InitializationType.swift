/// The way in which an execution environment came to be (`AWS_LAMBDA_INITIALIZATION_TYPE`, "Using Lambda environment variables").
package enum InitializationType: Sendable {
    /// Started for an invocation, and every kind that did not exist when this was written.
    case onDemand
    case provisionedConcurrency
    /// Restored from a snapshot of its first start.
    case snapStart
    /// Lambda Managed Instances: never frozen, with many invocations at a time.
    case managedInstances

    /// The variable that names it.
    package static var variable: StaticString { "AWS_LAMBDA_INITIALIZATION_TYPE" }

    /// Reads the variable's value; nil is on demand.
    package init(_ value: ByteView?) {
        guard let value else {
            self = .onDemand
            return
        }
        if value == "provisioned-concurrency" {
            self = .provisionedConcurrency
        } else if value == "snap-start" {
            self = .snapStart
        } else if value == "lambda-managed-instances" {
            self = .managedInstances
        } else {
            self = .onDemand
        }
    }

    /// That of this process.
    package static var ofProcess: InitializationType {
        InitializationType(ProcessEnvironment.value(of: variable))
    }
}
