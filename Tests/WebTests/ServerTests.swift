// The server as a whole: it listens where it is told, and ends when it is asked.

import Testing

@testable import Web

@Suite struct ScopeTests {
    @Test func operateIncludesReadAndNothingElse() {
        #expect(Scope.operate.allows(.read))
        #expect(!Scope.operate.allows(.intake))
        #expect(!Scope.read.allows(.operate))
        #expect(!Scope.intake.allows(.read))
    }
}
