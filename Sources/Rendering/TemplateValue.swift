// What templates look into. The template engine asks values by protocol or by reflection; these answer by protocol,
// and compute a member only when a template asks for it. They live for one rendering, on one thread.

import Foundation
import JSON
import Mustache

/// An object with members, and with a text of its own.
final class TemplateObject: MustacheParent, MustacheCustomRenderable {
    private var known: [String: Any] = [:]
    private var absent: Set<String> = []
    private let look: (String) -> Any?
    private let text: () -> String
    let isNull: Bool

    init(text: @escaping () -> String = { "" }, isNull: Bool = false, _ look: @escaping (String) -> Any?) {
        self.look = look
        self.text = text
        self.isNull = isNull
    }

    var renderText: String { text() }

    func child(named name: String) -> Any? {
        if let value = known[name] { return value }
        if absent.contains(name) { return nil }
        guard let value = look(name) else {
            absent.insert(name)
            return nil
        }
        known[name] = value
        return value
    }
}

extension TemplateObject {
    /// A JSON value as templates see it: texts cleaned and bounded, empty ones absent; nil for null.
    static func value(of value: JSONValue?, limit: Int) -> Any? {
        switch value {
        case nil, .null: return nil
        case .string(let text):
            let clean = CleanText.block(text, limit: limit)
            return clean.isEmpty ? nil : clean
        case .number(let text): return Shortening.cut(text, to: limit)
        case .bool(let value): return value
        case .array(let elements): return elements.prefix(longestList(limit)).compactMap { Self.value(of: $0, limit: limit) }
        case .object(let members):
            return TemplateObject(
                text: { CleanText.block(JSONValue.object(members).text, limit: limit) }, isNull: members.isEmpty
            ) { Self.value(of: members[$0], limit: limit) }
        }
    }

    /// The most elements of a list that a template is given: fewer where texts have to be short as well.
    static func longestList(_ limit: Int) -> Int { limit >= 2_000 ? 100 : 20 }
}
