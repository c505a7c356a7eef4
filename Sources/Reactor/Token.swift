/// The name of a registration: a slot of the loop's table and the generation of its use.
///
/// A slot is used again under a new generation, so that an event still on its way for a closed descriptor, or a handle
/// kept too long, meets nobody.
public struct Token: Hashable, Sendable {
    package let slot: UInt32
    package let generation: UInt32

    package init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    package init(packed: UInt64) {
        self.init(slot: UInt32(truncatingIfNeeded: packed), generation: UInt32(truncatingIfNeeded: packed >> 32))
    }

    package var packed: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
}
