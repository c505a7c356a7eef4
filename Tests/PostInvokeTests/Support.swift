import HostProcess
import Reactor

/// A deadline as Lambda gives it.
func millisecondsFromNow(_ duration: Duration) -> Int64 {
    WallClock.milliseconds + Int64(duration / .milliseconds(1))
}
