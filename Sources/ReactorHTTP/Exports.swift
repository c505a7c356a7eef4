@_exported import HTTP1
@_exported import Reactor
