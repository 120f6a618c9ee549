// A JSON document whose strings are templates. It is parsed before anything is filled in, so data can change texts and
// nothing else.

import JSON
import Mustache

/// One node of a compiled JSON template.
indirect enum JSONTemplate: Sendable {
    case literal(JSONValue)
    case text(TextTemplate)
    case array([JSONTemplate])
    /// All members, those that are no templates with their values; then the templates.
    case object([String: JSONValue], [(name: String, value: JSONTemplate)])

    func filled(_ root: TemplateObject, _ partials: Partials) -> JSONValue {
        switch self {
        case .literal(let value): return value
        case .text(let template): return .string(template.filled(root, partials))
        case .array(let elements): return .array(elements.map { $0.filled(root, partials) })
        case .object(let literals, let templates):
            var members = literals
            for (name, template) in templates { members[name] = template.filled(root, partials) }
            return .object(members)
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
