import CFuzzer

#if canImport(Glibc)
import Glibc
#endif

/// usage: fuzz TARGET [libFuzzer's arguments]
///        fuzz --list | --differences
guard CommandLine.argc > 1 else { refuse("no target named") }
switch CommandLine.arguments[1] {
case "--list":
    for target in Target.all { print(target.name) }
    exit(0)
case "--differences":
    print(Difference.page, terminator: "")
    exit(0)
case let name:
    guard let found = Target.all.first(where: { $0.name == name }) else { refuse("no target is called \(name)") }
    Target.current = found
}

// libFuzzer starts itself again, by a shell and this name, when it merges.
var count = CommandLine.argc - 1
CommandLine.unsafeArgv[1] = strdup("\(CommandLine.arguments[0]) \(CommandLine.arguments[1])")
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
exit(LLVMFuzzerRunDriver(&count, &arguments) { Target.run($0, $1) })

func refuse(_ reason: String) -> Never {
    complain("\(reason); targets: \(Target.all.map(\.name).joined(separator: " "))")
    exit(64)
}
