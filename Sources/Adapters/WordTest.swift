// Words, globs, negations and patterns, as conditions and value maps use them. Always without regard to case.

import JSON
import Routing

/// One test on a text.
enum WordTest: Sendable, Equatable {
    /// In lower case.
    case word(String)
    case pattern(Pattern)

    /// Only the beginning of a long text is compared.
    static let compared = 4_096

    /// - Parameter text: a word, a glob (`pay*`, `?`), or `~` and a regular expression.
    init(_ text: String) throws(TextFault) {
        do throws(MatchError) {
            if text.hasPrefix("~") {
                self = .pattern(try Pattern("(?i)" + text.dropFirst()))
            } else if text.contains("*") || text.contains("?") {
                self = .pattern(try Pattern("(?is)^" + Self.regex(text) + "$"))
            } else {
                self = .word(text.lowercased())
            }
        } catch {
            throw TextFault(message: error.message)
        }
    }

    private static func regex(_ glob: String) -> String {
        var out = ""
        for character in glob {
            switch character {
            case "*": out += ".*"
            case "?": out += "."
            default:
                if "\\.+()[]{}^$|".contains(character) { out += "\\" }
                out.append(character)
            }
        }
        return out
    }

    func holds(_ text: String) -> Bool {
        switch self {
        case .word(let word): text.utf8.count <= Self.compared && text.lowercased() == word
        case .pattern(let pattern): pattern.matches(text.cut(to: Self.compared))
        }
    }
}

/// What a member must be: any of the words, and none of those with `!`.
struct WordTests: Sendable, Equatable {
    var any: [WordTest] = []
    var none: [WordTest] = []
    /// `!*`: nothing must be there.
    var isAbsent = false

    init(_ texts: [String]) throws(TextFault) {
        for text in texts {
            if text == "!*" {
                isAbsent = true
            } else if text.hasPrefix("!") {
                none.append(try WordTest(String(text.dropFirst())))
            } else {
                any.append(try WordTest(text))
            }
        }
    }

    /// - Parameter value: a list holds where one of its elements does.
    func hold(_ value: JSONValue?) -> Bool {
        var texts: [String] = []
        if let elements = value?.array {
            texts = elements.prefix(ValuePath.maximumElements).compactMap(\.adapted)
        } else if let text = value?.adapted {
            texts = [text]
        }
        if isAbsent, texts.isEmpty { return true }
        if isAbsent, any.isEmpty { return false }
        if none.contains(where: { test in texts.contains { test.holds($0) } }) { return false }
        return any.isEmpty || any.contains { test in texts.contains { test.holds($0) } }
    }
}

/// `when`: all members of one of the maps must hold.
struct Condition: Sendable, Equatable {
    struct Member: Sendable, Equatable {
        var path: ValuePath
        var tests: WordTests
    }

    /// Empty: always.
    var alternatives: [[Member]] = []

    func holds(_ scope: Scope) -> Bool {
        alternatives.isEmpty || alternatives.contains { $0.allSatisfy { $0.tests.hold(scope[$0.path]) } }
    }
}

/// `map`: from what a tool says to what Tocsin says.
struct ValueMap: Sendable, Equatable {
    /// By words in lower case; a nil value means that the member is left out on purpose.
    private var words: [String: String?] = [:]
    /// In the order of the file.
    private var patterns: [(test: WordTest, value: String?)] = []

    mutating func add(_ key: String, _ value: String?) throws(TextFault) {
        let test = try WordTest(key)
        if case .word(let word) = test { words[word] = .some(value) } else { patterns.append((test, value)) }
    }

    enum Answer { case value(String), leftOut, unknown }

    subscript(text: String) -> Answer {
        if text.utf8.count <= WordTest.compared, let found = words[text.lowercased()] { return found.map(Answer.value) ?? .leftOut }
        if let found = patterns.first(where: { $0.test.holds(text) }) { return found.value.map(Answer.value) ?? .leftOut }
        return .unknown
    }

    /// All that it may give.
    var values: [String] { words.values.compactMap { $0 } + patterns.compactMap(\.value) }

    static func == (a: ValueMap, b: ValueMap) -> Bool {
        a.words == b.words && a.patterns.map(\.test) == b.patterns.map(\.test) && a.patterns.map(\.value) == b.patterns.map(\.value)
    }
}
