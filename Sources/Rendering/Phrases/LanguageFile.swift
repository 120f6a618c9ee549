// A language's file, read: `{"impact": "Impact", "minutes": {"one": "{count} minute", "other": "{count} minutes"}, …}`.

import JSON

/// The phrases of one file.
struct LanguageFile: Sendable {
    /// Members that are no phrases.
    static let lists = ["weekdays": 7, "months": 12]
    static let directionKey = "direction"

    /// In lower case.
    let language: String
    let path: String
    let isBuiltIn: Bool
    private(set) var phrases: [String: PhrasePattern] = [:]
    private(set) var lists: [String: [String]] = [:]
    private(set) var isRightToLeft: Bool?
    /// Where each member stands, for problems.
    private(set) var places: [String: TextPlace] = [:]
    /// What cannot be used.
    private(set) var problems: [TemplateProblem] = []

    init(language: String, _ source: TemplateSource) {
        self.language = language
        path = source.path
        isBuiltIn = source.isBuiltIn
        let document: JSONValue
        do {
            document = try JSONValue.parse(source.text.utf8)
        } catch {
            problems.append(TemplateProblem(file: path, line: error.line, column: error.column, message: error.message))
            return
        }
        guard let members = document.object else {
            problems.append(TemplateProblem(file: path, line: 1, column: 1, message: "must be a JSON object, and is \(document.kind)"))
            return
        }
        if !isBuiltIn { notePlaces(source.text, members) }
        for key in members.keys.sorted() { if let value = members[key] { read(key, value) } }
    }

    private mutating func notePlaces(_ text: String, _ members: [String: JSONValue]) {
        let strings = JSONPlaces(text)
        for (key, value) in members {
            let inner = value.object?.keys.sorted().first ?? (value.array == nil ? nil : "0")
            if let offset = strings.offset(in: "/\(key)\(inner.map { "/\($0)" } ?? "")", contentOffset: 0) {
                places[key] = TextPlace(text, offset: offset)
            }
        }
    }

    private mutating func read(_ key: String, _ value: JSONValue) {
        if let count = Self.lists[key] {
            let words = (value.array ?? []).compactMap(\.string)
            if words.count == count { lists[key] = words } else { refuse(key, "must be a list of \(count) words") }
        } else if key == Self.directionKey {
            switch value.string {
            case "rtl": isRightToLeft = true
            case "ltr": isRightToLeft = false
            default: refuse(key, "must be `ltr` or `rtl`")
            }
        } else if let text = value.string {
            phrases[key] = PhrasePattern(text)
        } else if let forms = value.object {
            readForms(key, forms)
        } else {
            refuse(key, "must be a text, or forms by number: {\"one\": …, \"other\": …}")
        }
    }

    private mutating func readForms(_ key: String, _ forms: [String: JSONValue]) {
        guard let other = forms[PluralRule.Category.other.rawValue]?.string else {
            refuse(key, "needs a form `other`")
            return
        }
        var texts: [PluralRule.Category: String] = [:]
        for (name, value) in forms {
            guard let category = PluralRule.Category(rawValue: name), let text = value.string else {
                refuse(key, "`\(name)` is no form; there are \(PluralRule.Category.allCases.map(\.rawValue).joined(separator: ", "))")
                return
            }
            if category != .other { texts[category] = text }
        }
        phrases[key] = PhrasePattern(other, forms: texts, rule: PluralRule(language: language))
    }

    private mutating func refuse(_ key: String, _ message: String) {
        problems.append(
            TemplateProblem(file: path, line: places[key]?.line, column: places[key]?.column, message: "`\(key)` \(message)"))
    }
}
