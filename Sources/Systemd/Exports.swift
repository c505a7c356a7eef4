@_exported import Reactor
