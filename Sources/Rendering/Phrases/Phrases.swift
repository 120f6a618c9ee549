// The phrases of one language, put together when templates are loaded: the user's over the built-in ones, and English
// where there is none. Rendering looks them up by number.

import Foundation

/// What a message says by itself, in one language.
final class Phrases: Sendable {
    /// Of the language file that is used: `en`, `pt-br`.
    let language: String
    let isRightToLeft: Bool
    /// From Sunday.
    let weekdays: [String]
    let months: [String]
    private let table: [PhrasePattern]
    /// All, by their names in language files.
    private let named: [String: PhrasePattern]
    /// `row.impact`: labels with a colon, as wide as the widest of their group.
    private let rows: [String: String]

    /// What the tests and commands of this program speak.
    static let english = Phrases(
        "en", [LanguageFile(language: "en", TemplateSource(path: "en.json", text: EmbeddedTemplates.files["languages/en.json"] ?? "{}"))])

    /// - Parameter files: those that count most first.
    init(_ language: String, _ files: [LanguageFile]) {
        self.language = language
        isRightToLeft = files.lazy.compactMap(\.isRightToLeft).first ?? false
        weekdays = files.lazy.compactMap { $0.lists["weekdays"] }.first ?? Array(repeating: "", count: 7)
        months = files.lazy.compactMap { $0.lists["months"] }.first ?? Array(repeating: "", count: 12)
        var named: [String: PhrasePattern] = [:]
        for file in files { named.merge(file.phrases) { first, _ in first } }
        self.named = named
        table = Phrase.allCases.map { named[$0.key] ?? PhrasePattern("") }
        var rows: [String: String] = [:]
        for (group, keys) in Self.groups {
            let labels = keys.compactMap { key in named[key]?.plain.map { (key, "\($0):") } }
            let width = labels.map(\.1.count).max() ?? 0
            for (key, label) in labels { rows["\(group).\(key)"] = label + String(repeating: " ", count: width - label.count + 1) }
        }
        self.rows = rows
    }

    private static let groups = [
        "row": [
            "who_has_it", "promised", "impact", "next_steps", "expected_end", "next_update", "cause", "resolution", "next_word",
            "how_it_ended",
        ],
        "head": ["from", "incident", "next_update", "corrects"],
        "link": ["open", "runbook"],
    ]

    var isEnglish: Bool { language == "en" || language.hasPrefix("en-") }

    func say(_ phrase: Phrase, _ values: (Slot, String?)...) -> String {
        let pattern = table[phrase.rawValue]
        if let plain = pattern.plain { return plain }
        return PhrasePattern.filled(pattern.pieces) { slot, _ in values.first { $0.0 == slot }?.1 }
    }

    /// - Parameter count: chooses the form, and is `{count}` in it.
    func say(_ phrase: Phrase, count: Int, _ values: (Slot, String?)...) -> String {
        let pattern = table[phrase.rawValue]
        if let plain = pattern.plain { return plain }
        return PhrasePattern.filled(pattern.form(count)) { slot, _ in
            slot == .count ? String(count) : values.first { $0.0 == slot }?.1
        }
    }

    /// `(+3 earlier)`, as templates say it.
    func earlierCount(_ count: Int) -> String {
        guard let pattern = named["earlier_count"] else { return "(+\(count))" }
        return PhrasePattern.filled(pattern.form(count)) { _, _ in String(count) }
    }

    /// A phrase without gaps, by its name; nil where there is none.
    func label(_ name: String) -> String? { named[name]?.plain }

    /// What templates see as `words`.
    ///
    /// - Parameter root: the names at the top, for phrases with gaps.
    func object(_ root: @escaping () -> TemplateObject) -> TemplateObject {
        TemplateObject { [self] name in
            switch name {
            case "language": return .text(language)
            case "direction": return .text(isRightToLeft ? "rtl" : "ltr")
            case "row", "head", "link": return .object(TemplateObject { [self] in .text(rows["\(name).\($0)"]) })
            default: break
            }
            guard let pattern = named[name] else { return nil }
            if let plain = pattern.plain { return plain.isEmpty ? nil : .text(plain) }
            let stack = TemplateStack(root())
            var pieces = pattern.pieces
            if !pattern.forms.isEmpty, let first = pattern.gaps.first, case .number(let count)? = stack.value(TemplatePath(first)) {
                pieces = pattern.form(count)
            }
            let text = PhrasePattern.filled(pieces) { _, path in stack.value(path)?.text }
            return text.isEmpty ? nil : .text(text)
        }
    }
}

/// All languages of a library.
struct Languages: Sendable {
    let files: [LanguageFile]
    private let phrases: [String: Phrases]
    private let english: Phrases

    /// - Parameter files: built-in ones and the user's.
    init(_ files: [LanguageFile]) {
        self.files = files
        func of(_ language: String) -> [LanguageFile] { files.filter { $0.language == language }.sorted { !$0.isBuiltIn && $1.isBuiltIn } }
        var phrases: [String: Phrases] = [:]
        for language in Set(files.map(\.language)).union(["en"]) {
            var order = of(language)
            if let base = Self.base(language) { order += of(base) }
            if language != "en" { order += of("en") }
            phrases[language] = Phrases(language, order)
        }
        self.phrases = phrases
        english = phrases["en"] ?? .english
    }

    /// Those of a language: `pt-BR`, then `pt`, then English.
    subscript(language: String?) -> Phrases {
        guard let language else { return english }
        if let found = phrases[language] { return found }
        let lower = language.lowercased()
        return phrases[lower] ?? Self.base(lower).flatMap { phrases[$0] } ?? english
    }

    /// Whether there is a file for it, or for what it is a variety of.
    func has(_ language: String) -> Bool { phrases[language] != nil || Self.base(language).map { phrases[$0] != nil } ?? false }

    /// Something is called that in a file of English: what other languages translate.
    func knows(_ name: String) -> Bool {
        let isOwn = ["language", "direction"].contains(name) || name.contains(".")
        return isOwn || files.contains { $0.language == "en" && $0.phrases[name] != nil }
    }

    /// All phrases, sorted.
    var names: [String] { Set(files.lazy.filter { $0.language == "en" }.flatMap(\.phrases.keys)).sorted() }

    static func base(_ language: String) -> String? { language.firstIndex(of: "-").map { String(language[..<$0]) } }
}
