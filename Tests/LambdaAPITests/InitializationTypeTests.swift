import LambdaAPI
import Testing

struct InitializationTypeTests {
    @Test(
        arguments: [
            (nil, InitializationType.onDemand), ("on-demand", .onDemand), ("", .onDemand),
            ("provisioned-concurrency", .provisionedConcurrency), ("snap-start", .snapStart),
            ("lambda-managed-instances", .managedInstances), ("native-http", .onDemand), ("Snap-Start", .onDemand),
        ] as [(String?, InitializationType)])
    func whatIsUnknownIsOnDemand(_ text: String?, _ type: InitializationType) {
        if let text {
            text.withByteView { #expect(InitializationType($0) == type) }
        } else {
            #expect(InitializationType(nil) == type)
        }
    }
}
