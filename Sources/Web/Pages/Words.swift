// What the page says, in the languages that it speaks. No text of a page stands anywhere else than in `Words/*.json`.

import Foundation
import JSON

/// The words of one language.
///
/// A phrase may have places, `{name}`, and two forms, `one|many`, chosen by the place `n`. Each part of the page has its own
/// file: `pages.en.json`, `reports.de.json`.
struct Words: Sendable {
    let language: String
    private let phrases: [String: String]
    private let fallback: [String: String]

    static let english = Words("en")
    static let german = Words("de")

    static func of(_ language: String) -> Words { language == "de" ? german : english }

    /// The languages, each in its own name.
    static let languages: [(code: String, name: String)] = [("en", "English"), ("de", "Deutsch")]

    /// The embedded files of a language. A part of the page that has words of its own adds its files here.
    static func files(_ language: String) -> [[UInt8]] {
        language == "de"
            ? [PackageResources.pages_de_json, PackageResources.reports_de_json]
            : [PackageResources.pages_en_json, PackageResources.reports_en_json]
    }

    private init(_ language: String) {
        self.language = language
        phrases = Self.phrases(language)
        fallback = language == "en" ? [:] : Self.phrases("en")
    }

    /// All phrases of a language, by their keys.
    static func phrases(_ language: String) -> [String: String] {
        var phrases: [String: String] = [:]
        for file in files(language) {
            guard let members = try? JSONValue.parse(bytes: file).object else { continue }
            for (key, value) in members { phrases[key] = value.string }
        }
        return phrases
    }

    /// The phrase for a key. A key that no language has shows itself; a test sees to it that there is none.
    func callAsFunction(_ key: String, _ places: KeyValuePairs<String, String> = [:]) -> String {
        var phrase = phrases[key] ?? fallback[key] ?? key
        if phrase.contains("|") {
            let forms = phrase.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            phrase = (places.first { $0.key == "n" }?.value == "1" ? forms.first : forms.last) ?? phrase
        }
        if places.isEmpty || !phrase.contains("{") { return phrase }
        // Each place is filled once: what is put in is not read again.
        var out = ""
        var rest = phrase[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = rest[rest.index(after: open)..<close]
            out += rest[..<open]
            out += places.first { $0.key == name }?.value ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }

    /// Whether there are words for a key; for what comes from data, a state or a type.
    func has(_ key: String) -> Bool { phrases[key] != nil || fallback[key] != nil }

    /// The words for one of a known set, `state.dead`; where there are none, the word itself.
    func word(_ group: String, _ name: String) -> String {
        let key = "\(group).\(name)"
        return has(key) ? self(key) : name
    }

    /// `12,345`, as the language writes it.
    func count(_ number: Int) -> String {
        var digits = String(abs(number))[...]
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: self("number.separator"))
    }

    /// `4 min`, `3 h 5 min`, `2 d 3 h`; seconds.
    func amount(_ seconds: TimeInterval) -> String {
        let total = Int(max(0, min(seconds, 1e12)))
        func said(_ number: Int, _ unit: String) -> String { "\(number) \(self("unit.\(unit)"))" }
        func two(_ big: Int, _ bigUnit: String, _ small: Int, _ smallUnit: String) -> String {
            small == 0 ? said(big, bigUnit) : "\(said(big, bigUnit)) \(said(small, smallUnit))"
        }
        switch total {
        case ..<60: return said(total, "s")
        case ..<3_600: return said(total / 60, "min")
        case ..<86_400: return two(total / 3_600, "h", total % 3_600 / 60, "min")
        default: return two(total / 86_400, "d", total % 86_400 / 3_600, "h")
        }
    }

    /// `in 4 min`, `4 min ago`, `now`.
    func relative(_ date: Date, now: Date) -> String {
        let seconds = date.timeIntervalSince(now)
        if abs(seconds) < 1 { return self("time.now") }
        return seconds > 0 ? self("time.in", ["t": amount(seconds)]) : self("time.ago", ["t": amount(-seconds)])
    }

    /// The language that somebody wants: their choice, else the first of `Accept-Language` that the page speaks, else English.
    static func language(chosen: String?, accepted: String?) -> String {
        let known = Set(languages.map(\.code))
        if let chosen, known.contains(chosen) { return chosen }
        let wishes = (accepted ?? "").prefix(1_000).split(separator: ",").prefix(20).map { wish -> (code: String, weight: Double) in
            let parts = wish.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return (String((parts.first ?? "").lowercased().prefix(2)), weight)
        }
        let best = wishes.filter { known.contains($0.code) && $0.weight > 0 }.enumerated()
            .max { ($0.element.weight, -$0.offset) < ($1.element.weight, -$1.offset) }
        return best?.element.code ?? "en"
    }
}
