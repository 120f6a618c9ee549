// What one value of a condition means: a word, a glob, a regular expression or a comparison, each made ready once.

import Foundation
import Incidents

/// One value of a condition, without its `!`.
enum ValueTest: Sendable, Equatable {
    case word(FoldedWord)
    /// Any of these words: what a severity or status of a change is also called.
    case anyWord([FoldedWord])
    case pattern(Pattern)
    /// By rank: which severities are meant.
    case severities([Bool])
    case age(Comparison, TimeInterval)

    enum Comparison: String, Sendable, CaseIterable {
        case atLeast = ">="
        case atMost = "<="
        case greater = ">"
        case less = "<"

        func holds<Value: Comparable>(_ a: Value, _ b: Value) -> Bool {
            switch self {
            case .atLeast: a >= b
            case .atMost: a <= b
            case .greater: a > b
            case .less: a < b
            }
        }
    }

    /// Reads a value as written.
    static func parse(
        _ written: String, for member: MatchMember, named name: String, scale: SeverityScale
    ) throws(MatchError) -> (test: ValueTest, isNegated: Bool) {
        var value = written.trimmingCharacters(in: .whitespacesAndNewlines)
        let isNegated = value.hasPrefix("!")
        if isNegated { value = value.dropFirst().trimmingCharacters(in: .whitespaces) }
        if value.isEmpty {
            throw MatchError(message: "`\(name)` has an empty value; where it must not be set, write `!*`")
        }
        if value.hasPrefix("!") { throw MatchError(message: "`\(quoted(written))`: write one `!`, or none") }
        if value.count > Pattern.maximumLength {
            throw MatchError(message: "a value of `\(name)` is longer than \(Pattern.maximumLength) characters")
        }
        let form = try Form(value, named: name)
        let test: ValueTest =
            switch member {
            case .severity: try severity(form, value, scale)
            case .age: try age(form, value)
            default: try text(form, value, member, name, scale)
            }
        return (test, isNegated)
    }

    /// The four ways to write a value.
    private enum Form {
        case word(String)
        case pattern(Pattern)
        case comparison(Comparison, String)

        init(_ value: String, named name: String) throws(MatchError) {
            if value.hasPrefix("~") {
                do {
                    self = .pattern(try Pattern(String(value.dropFirst())))
                } catch {
                    throw MatchError(message: "`\(name)`: \(error.message)")
                }
            } else if let comparison = Comparison.allCases.first(where: { value.hasPrefix($0.rawValue) }) {
                self = .comparison(comparison, value.dropFirst(comparison.rawValue.count).trimmingCharacters(in: .whitespaces))
            } else if value.contains(where: { $0 == "*" || $0 == "?" }) {
                self = .pattern(try ValueTest.glob(value))
            } else {
                self = .word(value)
            }
        }
    }

    private static func severity(_ form: Form, _ value: String, _ scale: SeverityScale) throws(MatchError) -> ValueTest {
        let meant: [Bool]
        switch form {
        case .word(let word):
            let severity = try known(word, scale)
            meant = scale.all.map { $0 == severity }
        case .comparison(let comparison, let word):
            let severity = try known(word, scale)
            // A smaller rank is a greater severity.
            meant = scale.all.map { comparison.holds(-$0.rank, -severity.rank) }
        case .pattern(let pattern):
            meant = scale.all.map { pattern.matches($0.name) }
        }
        if !meant.contains(true) {
            throw MatchError(
                message: "`\(quoted(value))` is true of no severity (known: \(scale.steps.map(\.name).joined(separator: ", ")))")
        }
        return .severities(meant)
    }

    private static func known(_ word: String, _ scale: SeverityScale) throws(MatchError) -> Severity {
        if let severity = scale.severity(word) { return severity }
        let words = scale.steps.flatMap { [$0.name] + $0.aliases }
        throw MatchError(
            message: "unknown severity `\(quoted(word))`\(Suggestion.clause(for: word, among: words)) "
                + "(known: \(scale.steps.map(\.name).joined(separator: ", ")))")
    }

    private static func age(_ form: Form, _ value: String) throws(MatchError) -> ValueTest {
        guard case .comparison(let comparison, let text) = form else {
            throw MatchError(message: "`age` is compared: write it like `>=30m`, not `\(quoted(value))`")
        }
        guard let seconds = AgeText.parse(text) else {
            throw MatchError(message: "`\(quoted(text))` is no length of time; write it like `90s`, `30m`, `1h30m` or `2d`")
        }
        return .age(comparison, seconds)
    }

    private static func text(
        _ form: Form, _ value: String, _ member: MatchMember, _ name: String, _ scale: SeverityScale
    ) throws(MatchError) -> ValueTest {
        let vocabulary = member.vocabulary(scale)
        switch form {
        case .comparison:
            throw MatchError(message: "`\(quoted(value))`: only `severity` and `age` are compared, and this is `\(name)`")
        case .pattern(let pattern):
            if let vocabulary, !vocabulary.contains(where: pattern.matches) {
                throw MatchError(message: "`\(quoted(value))` fits no \(name) (known: \(vocabulary.joined(separator: ", ")))")
            }
            return .pattern(pattern)
        case .word(let word):
            if member == .from || member == .to {
                return .anyWord(([word] + synonyms(of: word, scale)).map(FoldedWord.init))
            }
            guard let vocabulary else { return .word(FoldedWord(word)) }
            if let known = member.canonical(word, scale) { return .word(FoldedWord(known)) }
            throw MatchError(
                message: "unknown \(name) `\(quoted(word))`\(Suggestion.clause(for: word, among: vocabulary)) "
                    + "(known: \(vocabulary.joined(separator: ", ")))")
        }
    }

    /// Everything that means the same severity or the same status: a change may say it in any of these words.
    private static func synonyms(of word: String, _ scale: SeverityScale) -> [String] {
        var words: [String] = []
        if let severity = scale.severity(word) { words += [severity.name] + scale.steps[severity.rank].aliases }
        if let status = IncidentStatus(word: word)?.rawValue {
            words += [status, status.replacing("_", with: " "), status.replacing("_", with: "-")]
        }
        return words
    }

    /// A glob as a pattern: `*` is anything, `?` one character, everything else itself in either case.
    private static func glob(_ glob: String) throws(MatchError) -> Pattern {
        var regex = "(?s)\\A"
        for scalar in glob.unicodeScalars {
            switch scalar {
            case "*": regex += ".*"
            case "?": regex += "."
            case "a"..."z", "A"..."Z", "0"..."9", "_": regex.unicodeScalars.append(scalar)
            case _ where scalar.isASCII && scalar.value >= 0x20 && scalar.value < 0x7F: regex += "\\\(scalar)"
            default: regex.unicodeScalars.append(scalar)
            }
        }
        do {
            return try Pattern(regex + "\\z", isCaseSensitive: false)
        } catch {
            throw MatchError(message: "`\(quoted(glob))` is too long for a glob")
        }
    }
}
