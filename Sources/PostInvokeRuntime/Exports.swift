@_exported import LambdaRuntime
@_exported import PostInvoke
