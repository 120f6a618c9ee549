// What is missing for readers of other languages.

import Incidents
import JSON

/// A file of the user's, as the check of translations sees it.
struct OwnFile: Sendable {
    let key: TemplateKey
    let path: String
    /// It has words of its own: it is not made of names alone.
    let hasWords: Bool

    init(_ key: TemplateKey, _ source: TemplateSource) {
        self.key = key
        path = source.path
        hasWords = Self.shown(source.text, key.file).contains(where: Self.hasWord)
    }

    /// The texts for people.
    private static func shown(_ text: String, _ file: TemplateFile) -> [String] {
        switch file {
        case .slack, .teams: (try? JSONValue.parse(text.utf8)).map { strings($0) } ?? []
        case .emailHTML: [text.replacing(#/(?s)<style.*?</style>/#, with: " ").replacing(#/<[^<>]*>/#, with: " ")]
        case .emailSubject, .emailText, .sms: [text]
        }
    }

    private static func strings(_ value: JSONValue) -> [String] {
        if let elements = value.array { return elements.flatMap(strings) }
        return (value.object ?? [:]).flatMap { name, value -> [String] in
            if let text = value.string { return ["text", "title", "value", "fallback", "alt_text"].contains(name) ? [text] : [] }
            return strings(value)
        }
    }

    /// Three letters in a row, outside of tags, entities and Slack's `:names:`.
    private static func hasWord(_ text: String) -> Bool {
        let bare = text.replacing(#/\{\{\{?[^{}]*\}?\}\}/#, with: " ").replacing(#/&[a-z]+;|:[a-z_0-9]+:|https?:\S+/#, with: " ")
        return bare.contains(#/\p{L}{3}/#)
    }
}

extension TemplateLibrary {
    /// What readers of some languages would find in English: languages without phrases, or with some missing; the user's
    /// own templates that are not translated. And whatever the language: phrases in a language's file that nothing uses,
    /// and gaps in braces that differ from the English ones.
    ///
    /// - Parameter used: the languages that people have in routes.yaml (`de`, `pt-BR`), in any order, each once or more often.
    /// - Returns: warnings only, the same ones in the same order for the same files.
    public func translationProblems(languages used: [String]) -> [TemplateProblem] {
        let wanted = Set(used.map { $0.lowercased() }).filter { !$0.isEmpty && $0 != "en" && !$0.hasPrefix("en-") }.sorted()
        return languages.files.filter { !$0.isBuiltIn }.flatMap(differences) + wanted.flatMap(missingPhrases) + wanted.flatMap(untranslated)
    }

    private var english: [String: PhrasePattern] {
        languages.files.filter { $0.language == "en" }.reduce(into: [:]) { $0.merge($1.phrases) { first, _ in first } }
    }

    private func missingPhrases(_ language: String) -> [TemplateProblem] {
        let path = "\(TemplateSources.languagesDirectory)/\(language).json"
        guard languages.has(language) else {
            let known = Set(languages.files.map(\.language)).sorted().joined(separator: ", ")
            return [
                TemplateProblem(
                    file: path,
                    message: "people read `\(language)`, and there are no phrases for it, so what Tocsin says by itself comes in English "
                        + "(there are: \(known)); write this file into the templates' directory", isError: false)
            ]
        }
        let base = Languages.base(language)
        let files = languages.files.filter { $0.language == language || $0.language == base }
        let missing = english.keys.filter { key in !files.contains { $0.phrases[key] != nil } }.sorted()
        if missing.isEmpty { return [] }
        let shown = missing.prefix(5).map { "`\($0)`" }.joined(separator: ", ")
        let more = missing.count > 5 ? " and \(missing.count - 5) more" : ""
        return [
            TemplateProblem(
                file: files.first { !$0.isBuiltIn }?.path ?? path, message: "has no \(shown)\(more): these come in English", isError: false)
        ]
    }

    private func untranslated(_ language: String) -> [TemplateProblem] {
        let names = [language, Languages.base(language)].compactMap { $0 }
        return ownFiles.filter { $0.key.language == nil && $0.hasWords }.compactMap { file in
            let isThere = names.contains { templates[TemplateKey(name: file.key.name, language: $0, file: file.key.file)] != nil }
            if isThere { return nil }
            return TemplateProblem(
                file: file.path,
                message: "people read `\(language)`, and there is no \(file.key.name)/\(language)/\(file.key.file.rawValue); "
                    + "they get this one", isError: false)
        }
    }

    private func differences(_ file: LanguageFile) -> [TemplateProblem] {
        let english = english
        return file.phrases.keys.sorted().compactMap { key in
            guard let mine = file.phrases[key] else { return nil }
            func problem(_ message: String) -> TemplateProblem {
                TemplateProblem(
                    file: file.path, line: file.places[key]?.line, column: file.places[key]?.column, message: message, isError: false)
            }
            guard let original = english[key] else {
                return problem("nothing uses a phrase `\(key)`\(Suggestion.clause(for: key, among: english.keys.sorted()))")
            }
            let unknown = mine.gaps.filter { !original.gaps.contains($0) }
            if !unknown.isEmpty {
                let known = original.gaps.isEmpty ? "it has none" : "there are \(original.gaps.map { "{\($0)}" }.joined(separator: ", "))"
                return problem("`\(key)`: nothing is put in for \(unknown.map { "{\($0)}" }.joined(separator: ", ")); \(known)")
            }
            let lost = original.gaps.filter { !mine.gaps.contains($0) && $0 != Slot.count.rawValue }
            return lost.isEmpty ? nil : problem("`\(key)` leaves out \(lost.map { "{\($0)}" }.joined(separator: ", "))")
        }
    }
}
