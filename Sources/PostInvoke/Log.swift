import HostProcess

/// Writes a line of ours to standard error.
func log(_ line: String) { StandardError.write("postinvoke: \(line)") }
