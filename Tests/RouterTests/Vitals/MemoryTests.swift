// That the C library takes what is asked of it.

import Router
import Testing

@Suite struct MemoryTests {
    @Test func theLibraryTakesIt() {
        #expect(Memory.share())
    }
}
