import Testing

@testable import Incidents

@Suite struct SuggestionTests {
    @Test(
        arguments: [
            ("chanels", "channels"), ("serverity", "severity"), ("TITEL", "title"), ("resloved", "resolved"), ("xyz", nil), ("", nil),
            ("o", nil),
        ] as [(String, String?)]) func nearest(word: String, expected: String?)
    {
        #expect(Suggestion.nearest(to: word, among: ["channels", "severity", "title", "resolved"]) == expected)
    }

    @Test func severalNearestFirst() {
        #expect(Suggestion.nearest(to: "INC12", among: ["INC13", "INC12", "INC123", "XYZ"], limit: 2) == ["INC12", "INC123"])
        #expect(Suggestion.clause(for: "opne", among: ["open"]) == "; did you mean `open`?")
        #expect(Suggestion.clause(for: "zzzz", among: ["open"]) == "")
    }
}
