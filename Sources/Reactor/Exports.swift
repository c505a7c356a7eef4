@_exported import Bytes
