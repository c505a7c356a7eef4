@_exported import LambdaAPI
