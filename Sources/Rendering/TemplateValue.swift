// What templates look into. Members are computed only when a template asks for them. Values live for one rendering, on
// one thread. The engine asks by protocol, and gets the same values.

import Foundation
import JSON
import Mustache

/// A value as templates see it.
enum TemplateValue {
    case text(String)
    case flag(Bool)
    case number(Int)
    case list([TemplateValue])
    case object(TemplateObject)

    /// As it is printed.
    var text: String {
        switch self {
        case .text(let text): text
        case .flag(let value): value ? "true" : "false"
        case .number(let value): String(value)
        case .list: String(describing: any)
        case .object(let object): object.renderText
        }
    }

    func member(_ name: String) -> TemplateValue? {
        if case .object(let object) = self { return object.member(name) }
        return nil
    }

    /// As the engine takes it.
    var any: Any {
        switch self {
        case .text(let text): return text
        case .flag(let value): return value
        case .number(let value): return value
        case .object(let object): return object
        case .list(let elements):
            let texts = elements.compactMap { if case .text(let text) = $0 { text } else { nil } }
            return texts.count == elements.count ? texts : elements.map(\.any)
        }
    }

    /// The text; nil where there is none.
    static func text(_ text: String?) -> TemplateValue? { text.map { .text($0) } }
}

/// An object with members, and with a text of its own.
final class TemplateObject: MustacheParent, MustacheCustomRenderable {
    /// What was asked for before, absent members included. A rendering asks for few of each object.
    private var known: [(name: String, value: TemplateValue?)] = []
    private let look: (String) -> TemplateValue?
    private let text: () -> String
    let isNull: Bool

    init(text: @escaping () -> String = { "" }, isNull: Bool = false, _ look: @escaping (String) -> TemplateValue?) {
        self.look = look
        self.text = text
        self.isNull = isNull
    }

    var renderText: String { text() }

    func child(named name: String) -> Any? { member(name)?.any }

    func member(_ name: String) -> TemplateValue? {
        for index in known.indices where known[index].name == name { return known[index].value }
        let value = look(name)
        if known.isEmpty { known.reserveCapacity(8) }
        known.append((name, value))
        return value
    }
}

extension TemplateObject {
    /// A JSON value as templates see it: texts cleaned and bounded, empty ones absent; nil for null.
    ///
    /// - Parameter isolated: the message around it runs from right to left.
    static func value(of value: JSONValue?, limit: Int, isolated: Bool = false) -> TemplateValue? {
        switch value {
        case nil, .null: return nil
        case .string(let text):
            let clean = CleanText.block(text, limit: limit)
            return clean.isEmpty ? nil : .text(Bidirectional.isolated(clean, always: isolated))
        case .number(let text): return .text(Shortening.cut(text, to: limit))
        case .bool(let value): return .flag(value)
        case .array(let elements):
            return .list(elements.prefix(longestList(limit)).compactMap { Self.value(of: $0, limit: limit, isolated: isolated) })
        case .object(let members):
            return .object(
                TemplateObject(
                    text: { CleanText.block(JSONValue.object(members).text, limit: limit) }, isNull: members.isEmpty
                ) { Self.value(of: members[$0], limit: limit, isolated: isolated) })
        }
    }

    /// The most elements of a list that a template is given: fewer where texts have to be short as well.
    static func longestList(_ limit: Int) -> Int { limit >= 2_000 ? 100 : 20 }
}
