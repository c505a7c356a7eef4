import CLinux
import Reactor
import Testing

/// In a process of its own, since the environment is everybody's.
@Suite struct ProcessEnvironmentTests {
    @Test func givesAValueAsItIs() async {
        await #expect(processExitsWith: .success) {
            setenv("POSTINVOKE_TEST", "a=b é", 1)
            #expect(ProcessEnvironment.value(of: "POSTINVOKE_TEST")?.string == "a=b é")
            setenv("POSTINVOKE_TEST", "", 1)
            #expect(ProcessEnvironment.value(of: "POSTINVOKE_TEST") == nil)
            // A longer name is another variable.
            #expect(ProcessEnvironment.value(of: "POSTINVOKE_TEST_") == nil)
            unsetenv("POSTINVOKE_TEST")
            #expect(ProcessEnvironment.value(of: "POSTINVOKE_TEST") == nil)
        }
    }
}
