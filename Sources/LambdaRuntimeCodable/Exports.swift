@_exported import LambdaRuntime
