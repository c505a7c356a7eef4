/// The environment variables that Lambda sets ("Using Lambda environment variables", "Using the Lambda Extensions API", "Using
/// the Lambda metadata endpoint").
///
/// Nothing is inherited but the search paths, the locale and AWS credentials: what runs here must not come to lean on the
/// developer's shell.
package struct ProcessEnvironment {
    /// The sandbox's own variables that processes inherit.
    package static let inheritedNames = [
        "PATH", "LD_LIBRARY_PATH", "LANG", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    ]

    let settings: Settings
    /// The sandbox's own variables.
    let inherited: [String: String]
    /// `AWS_LAMBDA_METADATA_TOKEN`
    let metadataToken: String
    /// `AWS_LAMBDA_LOG_STREAM_NAME`
    let logStream: String
    /// The environment's number among those of the function that are there at the same time.
    let place: Int

    /// The variables of the function's process, as `NAME=VALUE`.
    func forFunction(api: String) -> [String] {
        var variables = shared(api: api)
        variables["_HANDLER"] = settings.handler
        variables["LAMBDA_TASK_ROOT"] = settings.taskRoot
        variables["LAMBDA_RUNTIME_DIR"] = settings.taskRoot
        // A snapshot would keep the names of the environment that it was taken in ("Monitoring for Lambda SnapStart").
        if settings.kind != .snapStart {
            variables["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/\(settings.name)"
            variables["AWS_LAMBDA_LOG_STREAM_NAME"] = logStream
        }
        variables["AWS_XRAY_CONTEXT_MISSING"] = "LOG_ERROR"
        return finish(
            variables,
            fixed: settings.kind == .managedInstances
                ? ["AWS_LAMBDA_MAX_CONCURRENCY": String(settings.concurrency)] : [:])
    }

    /// The variables of an extension's process: without those that are the runtime's alone.
    func forExtension(api: String) -> [String] { finish(shared(api: api)) }

    private func shared(api: String) -> [String: String] {
        var variables: [String: String] = [:]
        for name in Self.inheritedNames { variables[name] = inherited[name] }
        variables["PATH"] = variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin:/opt/bin"
        variables["LANG"] = variables["LANG"] ?? "en_US.UTF-8"
        variables["TZ"] = ":UTC"
        variables["AWS_LAMBDA_RUNTIME_API"] = api
        variables["AWS_LAMBDA_METADATA_API"] = api
        variables["AWS_LAMBDA_METADATA_TOKEN"] = metadataToken
        variables["AWS_LAMBDA_FUNCTION_NAME"] = settings.name
        variables["AWS_LAMBDA_FUNCTION_VERSION"] = Settings.version
        variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = String(settings.memorySize)
        variables["AWS_LAMBDA_INITIALIZATION_TYPE"] = settings.kind.initializationType
        variables["AWS_LAMBDA_LOG_FORMAT"] = settings.isLogStructured ? "JSON" : settings.logFormat
        variables["AWS_LAMBDA_LOG_LEVEL"] = settings.logLevel
        variables["AWS_REGION"] = settings.region
        variables["AWS_DEFAULT_REGION"] = settings.region
        return variables
    }

    /// - Parameter fixed: the variables that the function's own cannot change.
    private func finish(_ variables: [String: String], fixed: [String: String] = [:]) -> [String] {
        var variables = variables
        for (name, value) in settings.environment {
            variables[name] = value.replacing("{environment}", with: String(place))
        }
        if place > 1 {
            variables[ExtensionAddress.variable] = ExtensionAddress.value(
                variables[ExtensionAddress.variable], for: place)
        }
        if settings.kind == .managedInstances { variables["AWS_LAMBDA_LOG_FORMAT"] = "JSON" }
        for (name, value) in fixed { variables[name] = value }
        return variables.map { "\($0.key)=\($0.value)" }.sorted()
    }
}
