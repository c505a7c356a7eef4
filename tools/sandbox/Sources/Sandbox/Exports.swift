@_exported import Reactor
@_exported import SandboxCore
