// Which of many matches can hold for an event, without asking each of them. Every match stands under the words of one
// of its conditions, the one that it shares with the fewest others; what has no condition with words stands among
// those that are always asked. An index never leaves out a match that holds; it may name some that do not.

import Incidents

/// Many matches, looked up by what an event has: routes, and whatever else has a `Match`.
public struct MatchIndex: Sendable, Equatable {
    /// All numbers below are places in the sequence that the index was made of, ascending.
    private var always: [Int] = []
    private var bySeverity: [[Int]] = []
    private var byWord: [Member] = []
    private var byLabel: [String: [String: [Int]]] = [:]

    /// One member that matches stand under: word, in lower case, to numbers.
    private struct Member: Sendable, Equatable {
        var member: MatchMember
        var numbers: [String: [Int]]
    }

    /// - Parameter matches: the n-th of them has the number n, from 0.
    public init(_ matches: some Collection<Match>) { self.init(keys: matches.map { $0.conditions.compactMap(\.keys) }) }

    /// - Parameter choices: of each match, under what each of some of its conditions must be found.
    init(keys choices: [[Set<IndexKey>]]) {
        var shared: [IndexKey: Int] = [:]
        for key in choices.joined().joined() { shared[key, default: 0] += 1 }
        var words: [MatchMember: [String: [Int]]] = [:]
        for (number, choice) in choices.enumerated() {
            guard let keys = Self.rarest(choice, shared) else {
                always.append(number)
                continue
            }
            for key in keys {
                switch key {
                case .severity(let rank):
                    while bySeverity.count <= rank { bySeverity.append([]) }
                    bySeverity[rank].append(number)
                case .word(.label(let name), let word): byLabel[name, default: [:]][word, default: []].append(number)
                case .word(let member, let word): words[member, default: [:]][word, default: []].append(number)
                }
            }
        }
        byWord = words.map { Member(member: $0.key, numbers: $0.value) }
    }

    /// The keys of the condition that is shared with the fewest others; the first of several such.
    private static func rarest(_ choice: [Set<IndexKey>], _ shared: [IndexKey: Int]) -> Set<IndexKey>? {
        var best: (keys: Set<IndexKey>, count: Int)?
        for keys in choice {
            let count = keys.reduce(0) { $0 + (shared[$1] ?? 0) }
            if best.map({ count < $0.count }) ?? true { best = (keys, count) }
        }
        return best?.keys
    }

    /// The numbers of all matches that may hold, ascending: `Match.holds` has the last word.
    public func candidates(_ facts: MatchFacts) -> [Int] {
        var found = always
        var isAscending = true
        func add(_ numbers: [Int]) {
            guard let first = numbers.first else { return }
            if let last = found.last, last > first { isAscending = false }
            found += numbers
        }
        if let severity = facts.severity, bySeverity.indices.contains(severity.rank) { add(bySeverity[severity.rank]) }
        for indexed in byWord {
            if let text = indexed.member.text(facts), let numbers = indexed.numbers[text.lowercased()] { add(numbers) }
        }
        if !byLabel.isEmpty, let labels = facts.incident?.members["labels"]?.object {
            for (name, value) in labels {
                if let words = byLabel[name], let text = value.scalarText, let numbers = words[text.lowercased()] { add(numbers) }
            }
        }
        if !isAscending { found.sort() }
        return found
    }
}

/// What a match stands under.
enum IndexKey: Hashable {
    /// By rank.
    case severity(Int)
    /// In lower case.
    case word(MatchMember, String)
}

extension Condition {
    /// Under what an event must be found for the condition to hold: any one of these. Nil where that cannot be listed:
    /// globs, patterns, comparisons of age, and what also holds where nothing is set.
    var keys: Set<IndexKey>? {
        switch subject {
        case .age: return nil
        case .type:
            // Every event has a type, so globs and negations can be listed as well.
            let types = EventType.allCases.map(\.rawValue).filter { type in decide { $0.holds(type) } }
            return Set(types.map { .word(.type, $0) })
        case .severity:
            if wanted.isEmpty { return nil }
            var ranks: Set<Int> = []
            for case .severities(let meant) in wanted { ranks.formUnion(meant.indices.filter { meant[$0] }) }
            return Set(ranks.map { .severity($0) })
        default:
            if wanted.isEmpty { return nil }
            var keys: Set<IndexKey> = []
            for test in wanted {
                switch test {
                case .word(let word): keys.insert(.word(subject, word.text))
                case .anyWord(let words): keys.formUnion(words.map { .word(subject, $0.text) })
                case .pattern, .severities, .age: return nil
                }
            }
            return keys
        }
    }
}
