// Ids that eyes and fingers confuse.

import Incidents
import Testing

@Suite struct SpellingTests {
    @Test(arguments: [("INC10", "INC1O"), ("INC10", "inc-10"), ("INC0010", "INC10"), ("BILL-5", "BI11-S")])
    func theseAreWrittenAlike(one: String, other: String) {
        #expect(Suggestion.spelling(of: one) == Suggestion.spelling(of: other))
    }

    @Test(arguments: [("INC10", "INC11"), ("INC10", "INC100"), ("INC12345", "INC12354"), ("INC1", "PRB1")])
    func theseAreNot(one: String, other: String) {
        #expect(Suggestion.spelling(of: one) != Suggestion.spelling(of: other))
    }
}
