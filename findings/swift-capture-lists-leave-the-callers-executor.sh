#!/bin/bash
# Swift 6.3.1 runs a closure with a capture list on the global executor, where the same closure without one stays on its caller's.
# Expected: a closure literal that is given for a parameter of type nonisolated(nonsending) () async -> Void has that type, whether it
# lists what it captures or not (SE-0461): it runs where its caller does, as a handler does that a runtime calls from an actor.
# Happens: with a capture list the closure's own isolation is the old one, and the conversion to the parameter's type has it leave for the
# global executor before its first line; afterwards the caller's executor has to be woken. No diagnostic, in Swift 5 and 6 mode alike.
# Matters: whoever writes a runtime whose handlers stay on the thread that took the event: { [database] event, context in ... } costs two
# wakes of a thread an event, some tens of microseconds on one core. Capture without a list, in the runtime's own closures above all.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/main.swift" <<'SWIFT'
import Dispatch
import Foundation

final class Queue: SerialExecutor {
    static let key = DispatchSpecificKey<Bool>()
    let queue = DispatchQueue(label: "caller")
    init() { queue.setSpecific(key: Self.key, value: true) }
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}

let caller = Queue()

actor Runtime {
    nonisolated var unownedExecutor: UnownedSerialExecutor { caller.asUnownedSerialExecutor() }
    func call(_ handler: nonisolated(nonsending) @Sendable () async -> Void) async {
        precondition(stays())
        await handler()
    }
}

func stays() -> Bool { DispatchQueue.getSpecific(key: Queue.key) == true }

let runtime = Runtime()
let number = 1
await runtime.call {
    print("without a capture list: stays on the caller's executor: \(stays()), \(number)")
    if !stays() { exit(2) }
}
await runtime.call { [number] in
    print("with a capture list: stays on the caller's executor: \(stays()), \(number)")
    if stays() { exit(3) }
}
SWIFT
version=$(swift --version 2>/dev/null | grep -o 'Swift version [0-9.]*')
echo "$version"
[ "$version" = "Swift version 6.3.1" ] || { echo "changed: another version than 6.3.1" >&2; exit 1; }
swiftc -swift-version 6 "$folder/main.swift" -o "$folder/main"
status=0
"$folder/main" || status=$?
[ "$status" = 0 ] || { echo "changed: the closures ran elsewhere ($status)" >&2; exit 1; }
