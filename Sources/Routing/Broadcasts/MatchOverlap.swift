// Whether two matches can fit the same incident: `service: pay*` and `service: payments` can, `service: search` and
// `service: payments` cannot. A member that only one of them names keeps nothing apart. Where it cannot be told (two
// regular expressions, two negations), they count as overlapping. Pure.

import Foundation
import Incidents

struct MatchOverlap {
    private let scale: SeverityScale

    init(_ scale: SeverityScale) { self.scale = scale }

    func overlap(_ a: Match, _ b: Match) -> Bool {
        a.conditions.allSatisfy { mine in
            b.conditions.allSatisfy { $0.subject != mine.subject || overlap(mine, $0) }
        }
    }

    private func overlap(_ a: Condition, _ b: Condition) -> Bool {
        if a.subject == .severity { return scale.all.contains { a.allows($0) && b.allows($0) } }
        if a.subject == .age { return true }
        let words = candidates(a, b)
        if words.contains(where: { a.allows($0) && b.allows($0) }) { return true }
        // Only words can be tried; where one side names no words, nothing was found out, unless the other's were tried.
        return !a.isAllWords && !b.isAllWords && (a.isOpaque || b.isOpaque)
    }

    /// Words that one of the two allows, if any word does: those that they name, and what is left of their globs.
    private func candidates(_ a: Condition, _ b: Condition) -> [String] {
        if let vocabulary = a.subject.vocabulary(scale) { return vocabulary }
        let mine = a.words
        let theirs = b.words
        return mine + theirs + mine.flatMap { first in theirs.flatMap { [first + $0, $0 + first] } }
    }
}

extension Condition {
    /// What stands in it as words and globs, the wildcards left out.
    fileprivate var words: [String] {
        values.compactMap { value in
            value.hasPrefix("!") || value.hasPrefix("~") ? nil : value.replacing("*", with: "").replacing("?", with: "x")
        }
    }

    fileprivate var isAllWords: Bool {
        !wanted.isEmpty
            && wanted.allSatisfy {
                if case .word = $0 { return true }
                return false
            }
    }

    /// Not everything that it allows can be told from its text.
    fileprivate var isOpaque: Bool { wanted.isEmpty || values.contains { $0.hasPrefix("~") } }

    fileprivate func allows(_ severity: Severity) -> Bool {
        func holds(_ test: ValueTest) -> Bool {
            if case .severities(let meant) = test { return meant.indices.contains(severity.rank) && meant[severity.rank] }
            return false
        }
        return (wanted.isEmpty || wanted.contains(where: holds)) && !unwanted.contains(where: holds)
    }

    fileprivate func allows(_ word: String) -> Bool {
        func holds(_ test: ValueTest) -> Bool {
            switch test {
            case .word(let wanted): wanted.equals(word)
            case .anyWord(let words): words.contains { $0.equals(word) }
            case .pattern(let pattern): pattern.matches(word)
            case .severities, .age: false
            }
        }
        return (wanted.isEmpty || wanted.contains(where: holds)) && !unwanted.contains(where: holds)
    }
}
