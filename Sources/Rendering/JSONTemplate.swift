// A JSON document whose strings are templates. It is parsed before anything is filled in, so data can change texts and
// nothing else.

import JSON
import Mustache

/// One node of a compiled JSON template. Most of a message stays empty: a part of which nothing was filled in is shared with
/// the template, and not built anew.
indirect enum JSONTemplate: Sendable {
    case literal(JSONValue)
    case text(TextTemplate)
    case array([Element])
    /// All members, those that are templates with all texts empty; then those.
    case object([String: JSONValue], [Member])

    struct Element: Sendable {
        var value: JSONTemplate
        /// With all texts empty; nil where it is left out then.
        var blank: JSONValue?
    }

    struct Member: Sendable {
        var name: String
        var value: JSONTemplate
        /// Where it stays empty, the object is left out in the end, so that the others need not be filled in.
        var isNeeded: Bool
    }

    /// With all its texts empty.
    var blank: JSONValue {
        switch self {
        case .literal(let value): value
        case .text: .string("")
        case .array(let elements): .array(elements.compactMap(\.blank))
        case .object(let blank, _): .object(blank)
        }
    }

    func filled(_ stack: TemplateStack, _ partials: Partials) -> JSONValue { changed(stack, partials) ?? blank }

    /// Nil where all texts stay empty.
    private func changed(_ stack: TemplateStack, _ partials: Partials) -> JSONValue? {
        switch self {
        case .literal: return nil
        case .text(let template):
            let text = template.filled(stack, partials)
            return text.isEmpty ? nil : .string(text)
        case .array(let elements):
            var values: [JSONValue] = []
            var isChanged = false
            for element in elements {
                if let value = element.value.changed(stack, partials) {
                    values.append(value)
                    isChanged = true
                } else if let blank = element.blank {
                    values.append(blank)
                }
            }
            return isChanged ? .array(values) : nil
        case .object(var members, let templates):
            var isChanged = false
            for template in templates {
                guard let value = template.value.changed(stack, partials) else {
                    if template.isNeeded { return nil }
                    continue
                }
                members[template.name] = value
                isChanged = true
            }
            return isChanged ? .object(members) : nil
        }
    }
}

/// The partials, compiled once for each destination.
struct Partials: Sendable {
    private var slack = MustacheLibrary()
    private var markdown = MustacheLibrary()
    private var html = MustacheLibrary()
    private var plain = MustacheLibrary()
    private var compiled: [Destination: [String: TemplateProgram]] = [:]

    func programs(_ destination: Destination) -> [String: TemplateProgram] { compiled[destination] ?? [:] }

    func library(_ destination: Destination) -> MustacheLibrary {
        switch destination {
        case .slack: slack
        case .markdown: markdown
        case .html: html
        case .plain: plain
        }
    }

    mutating func register(_ text: TextTemplate, named name: String, for destination: Destination) {
        compiled[destination, default: [:]][name] = text.program
        let template = text.engine
        switch destination {
        case .slack: slack.register(template, named: name)
        case .markdown: markdown.register(template, named: name)
        case .html: html.register(template, named: name)
        case .plain: plain.register(template, named: name)
        }
    }
}

extension Destination {
    /// Where a string of a JSON template lands, by its member's name and its object's other members.
    static func ofMember(_ name: String, in object: [String: JSONValue], file: TemplateFile) -> Destination {
        let type = object["type"]?.string ?? ""
        switch file {
        case .slack:
            // The elements of `rich_text` are taken literally.
            if type == "text" || type == "link" { return .plain }
            if ["text", "fallback", "pretext", "footer", "author_name"].contains(name) { return .slack }
            // The fields of attachments.
            return object["type"] == nil && (name == "title" || name == "value") ? .slack : .plain
        case .teams:
            if type == "TextRun" || type.hasPrefix("Action.") { return .plain }
            return ["text", "title", "value"].contains(name) ? .markdown : .plain
        default: return file.destination
        }
    }
}
