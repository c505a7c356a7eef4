import LambdaAPI

/// The number of events that the environment gives the process at a time, as its variables say.
package struct Concurrency: Sendable, Equatable {
    /// One event at a time, in an environment that freezes.
    package static let onDemand = Concurrency(isManaged: false, workers: 1)

    /// True on a Managed Instance, which never freezes and may have several events under way.
    package let isManaged: Bool
    /// The number of `next` calls that are open at once; at least one.
    package let workers: Int

    /// So many workers on a Managed Instance.
    package static func managed(workers: Int) -> Concurrency { Concurrency(isManaged: true, workers: workers) }

    private static var variable: StaticString { "AWS_LAMBDA_MAX_CONCURRENCY" }

    private init(isManaged: Bool, workers: Int) {
        self.isManaged = isManaged
        self.workers = workers
    }

    /// Reads `AWS_LAMBDA_INITIALIZATION_TYPE` and, on Managed Instances alone, `AWS_LAMBDA_MAX_CONCURRENCY` ("Using the
    /// Lambda runtime API"). An empty variable counts as not set, an unknown type as on-demand.
    package static func fromEnvironment() throws(SettingError) -> Concurrency {
        try Concurrency(
            initializationType: ProcessEnvironment.value(of: InitializationType.variable),
            maximum: ProcessEnvironment.value(of: Self.variable))
    }

    /// The same of the variables' values.
    package init(initializationType: ByteView?, maximum: ByteView?) throws(SettingError) {
        isManaged = InitializationType(initializationType) == .managedInstances
        guard isManaged, let maximum, !maximum.isEmpty else {
            workers = 1
            return
        }
        guard let number = maximum.decimal.flatMap(Int.init(exactly:)), (1...4_096).contains(number) else {
            throw SettingError(
                variable: Self.variable, value: maximum, fault: SettingError.faultOfNumber(maximum),
                allowed: "a whole number from 1 to 4096")
        }
        workers = number
    }
}
