// Sources in, compiled templates and problems out. Everything that could go wrong while rendering is looked for here:
// partials that are missing, that use one another in a circle, or that grow without measure.

import Incidents
import JSON
import Mustache

/// A compiled file of a template, with the notes about deliveries that it gives by itself.
enum CompiledTemplate: Sendable {
    case text(TextTemplate, DeliveryNotes)
    case json(JSONTemplate, DeliveryNotes)
    /// It is there, but cannot be used.
    case broken(TemplateProblem)
}

struct TemplateCompiler {
    /// The most characters of a text with all its partials put in.
    static let largestExpansion = 1_048_576

    private(set) var templates: [TemplateKey: CompiledTemplate] = [:]
    private(set) var partials = Partials()
    private(set) var problems: [TemplateProblem] = []
    let languages: Languages
    /// What of the user's own files has words of a language in it.
    private(set) var ownFiles: [OwnFile] = []

    private let sources: TemplateSources
    /// Partials that can be used, with the size they grow to.
    private var sizes: [String: Int] = [:]
    private var brokenPartials: Set<String> = []
    private var partialNotes: [String: DeliveryNotes] = [:]
    /// What the file being compiled says about its delivery.
    private var notes: DeliveryNotes = []

    init(_ sources: TemplateSources) {
        self.sources = sources
        languages = Languages(
            sources.languages.keys.sorted().flatMap { language in
                (sources.languages[language] ?? []).map { LanguageFile(language: language, $0) }
            })
        problems = sources.problems + languages.files.flatMap(\.problems)
        _ = Destination.isRegistered
        compilePartials()
        for key in sources.files.keys.sorted(by: { Self.order($0) < Self.order($1) }) {
            guard let source = sources.files[key] else { continue }
            templates[key] = compile(key, source)
            if !source.isBuiltIn { ownFiles.append(OwnFile(key, source)) }
        }
        for (key, problem) in sources.broken { templates[key] = .broken(problem) }
    }

    private static func order(_ key: TemplateKey) -> String { "\(key.name)/\(key.language ?? "")/\(key.file.rawValue)" }

    private mutating func compile(_ key: TemplateKey, _ source: TemplateSource) -> CompiledTemplate {
        do throws(TemplateProblem) {
            notes = []
            if key.file.isJSON {
                let template = try jsonTemplate(key.file, source)
                return .json(template, notes)
            }
            let template = try template(
                source.text, destination: key.file.destination, place: { TextPlace(source.text, offset: $0) }, in: source)
            return .text(template, notes)
        } catch {
            problems.append(error)
            return .broken(error)
        }
    }

    // MARK: texts

    private mutating func template(
        _ text: String, destination: Destination, place: (Int) -> TextPlace, in source: TemplateSource
    ) throws(TemplateProblem) -> TextTemplate {
        func problem(_ offset: Int, _ message: String, isError: Bool = true) -> TemplateProblem {
            let place = place(offset)
            return TemplateProblem(file: source.path, line: place.line, column: place.column, message: message, isError: isError)
        }
        let tags: TemplateTags
        do {
            tags = try TemplateTags(text)
        } catch {
            throw problem(error.offset, error.message)
        }
        notes.formUnion(tags.notes)
        var size = text.unicodeScalars.count
        for partial in tags.partials {
            if let partialSize = sizes[partial.name] {
                size += partialSize
                notes.formUnion(partialNotes[partial.name] ?? [])
            } else if brokenPartials.contains(partial.name) {
                throw problem(partial.offset, "partial `\(partial.name)` cannot be used; see its own error")
            } else {
                let hint = Suggestion.clause(for: partial.name, among: sources.partials.keys)
                throw problem(partial.offset, "there is no partial `\(partial.name)` in partials/\(hint)")
            }
        }
        if size > Self.largestExpansion {
            throw problem(0, "with its partials put in, this is larger than \(Self.largestExpansion) characters")
        }
        for name in tags.names {
            guard let unknown = unknownName(name.name) else { continue }
            let isPhrase = unknown.hasPrefix("words.")
            let hint = Suggestion.clause(for: unknown, among: isPhrase ? languages.names.map { "words.\($0)" } : RenderContext.names)
            problems.append(problem(name.offset, "nothing is called `\(unknown)`, so this stays empty\(hint)", isError: false))
        }
        do {
            return TextTemplate(try MustacheTemplate(string: destination.pragma + text), destination, partials)
        } catch let error as MustacheTemplate.ParserError {
            // The first line is our pragma.
            throw TemplateProblem(
                file: source.path, line: max(1, error.context.lineNumber - 1), column: error.context.columnNumber,
                message: "is no Mustache: \(error.error)")
        } catch {
            throw TemplateProblem(file: source.path, message: "is no Mustache: \(error)")
        }
    }

    /// The first step of a name, where nothing at the top is called that.
    private func unknownName(_ name: String) -> String? {
        let inner = name.split(separator: "(").last.map { $0.prefix { $0 != ")" } } ?? ""
        guard let first = inner.split(separator: ".").first, !inner.hasPrefix(".") else { return nil }
        let phrase = inner.split(separator: ".").dropFirst().joined(separator: ".")
        if first == "words", !phrase.isEmpty, !languages.knows(phrase) { return "words.\(phrase)" }
        return RenderContext.names.contains(String(first)) ? nil : String(first)
    }

    // MARK: JSON

    private mutating func jsonTemplate(_ file: TemplateFile, _ source: TemplateSource) throws(TemplateProblem) -> JSONTemplate {
        let document: JSONValue
        do {
            document = try JSONValue.parse(source.text.utf8)
        } catch {
            throw TemplateProblem(file: source.path, line: error.line, column: error.column, message: error.message)
        }
        guard let object = document.object else {
            throw TemplateProblem(file: source.path, line: 1, column: 1, message: "must be a JSON object, and is \(document.kind)")
        }
        if file == .slack, object["text"] == nil, object["blocks"] == nil, object["attachments"] == nil {
            throw TemplateProblem(file: source.path, line: 1, column: 1, message: "a Slack message needs `text` or `blocks`")
        }
        if file == .teams, TeamsPayload.cards(document).isEmpty {
            throw TemplateProblem(
                file: source.path, line: 1, column: 1,
                message: "must be an Adaptive Card, or a `message` with one in `attachments`")
        }
        let places = JSONPlaces(source.text)
        return try node(document, name: "", parent: [:], pointer: "", file, source, places)
    }

    private mutating func node(
        _ value: JSONValue, name: String, parent: [String: JSONValue], pointer: String, _ file: TemplateFile, _ source: TemplateSource,
        _ places: JSONPlaces
    ) throws(TemplateProblem) -> JSONTemplate {
        switch value {
        case .null, .bool, .number: return .literal(value)
        case .string(let text):
            guard text.contains("{{") else { return .literal(value) }
            let destination = Destination.ofMember(name, in: parent, file: file)
            let template = try template(
                text, destination: destination,
                place: { TextPlace(source.text, offset: places.offset(in: pointer, contentOffset: $0) ?? 0) }, in: source)
            return .text(template)
        case .array(let elements):
            var nodes: [JSONTemplate] = []
            for (index, element) in elements.enumerated() {
                nodes.append(try node(element, name: name, parent: parent, pointer: "\(pointer)/\(index)", file, source, places))
            }
            if let literals = Self.literals(nodes) { return .literal(.array(literals)) }
            let isSlack = file == .slack
            return .array(
                nodes.map { node in
                    let isKept = !isSlack || SlackPayload.keeps(node.blank, at: pointer, of: parent["type"]?.string)
                    return JSONTemplate.Element(value: node, blank: isKept ? node.blank : nil)
                })
        case .object(let members):
            var literals = members
            var templates: [JSONTemplate.Member] = []
            // A Slack message has no `type`: what somebody writes there does not make its text a literal one.
            let isButton = ["button", "Action.OpenUrl"].contains(members["type"]?.string)
            let parent = pointer.isEmpty && file == .slack ? members.filter { $0.key != "type" } : members
            for member in members.keys.sorted() {
                guard let value = members[member] else { continue }
                let node = try node(value, name: member, parent: parent, pointer: "\(pointer)/\(member)", file, source, places)
                guard case .literal = node else {
                    literals[member] = node.blank
                    templates.append(JSONTemplate.Member(name: member, value: node, isNeeded: member == "url" && isButton))
                    continue
                }
            }
            // What is needed comes first.
            return templates.isEmpty ? .literal(value) : .object(literals, templates.filter(\.isNeeded) + templates.filter { !$0.isNeeded })
        }
    }

    /// The values, where nothing has to be filled in.
    private static func literals(_ nodes: [JSONTemplate]) -> [JSONValue]? {
        var values: [JSONValue] = []
        for node in nodes {
            guard case .literal(let value) = node else { return nil }
            values.append(value)
        }
        return values
    }

    // MARK: partials

    /// Compiles the partials, those first that use no others; what is left when none can be added is a circle.
    private mutating func compilePartials() {
        var waiting: [String: [TemplateTags.Reference]] = [:]
        for (name, source) in sources.partials {
            do throws(TagFault) {
                waiting[name] = try TemplateTags(source.text).partials
            } catch {
                report(source, error.offset, error.message)
                brokenPartials.insert(name)
            }
        }
        while true {
            let ready = waiting.keys.sorted().filter { name in
                (waiting[name] ?? []).allSatisfy { waiting[$0.name] == nil }
            }
            if ready.isEmpty { break }
            for name in ready {
                waiting[name] = nil
                compilePartial(name)
            }
        }
        for name in waiting.keys.sorted() {
            guard let source = sources.partials[name], let uses = waiting[name] else { continue }
            let next = uses.first { waiting[$0.name] != nil }
            report(source, next?.offset ?? 0, "partials use one another in a circle: `\(name)` uses `\(next?.name ?? name)`")
            brokenPartials.insert(name)
        }
    }

    private mutating func compilePartial(_ name: String) {
        guard let source = sources.partials[name] else { return }
        do throws(TemplateProblem) {
            notes = []
            for destination in Destination.allCases {
                let found = problems.count
                let compiled = try template(
                    source.text, destination: destination, place: { TextPlace(source.text, offset: $0) }, in: source)
                partials.register(compiled, named: name, for: destination)
                // Names in a partial are those of the place where it is used, and warnings would come four times.
                problems.removeSubrange(found...)
            }
            partialNotes[name] = notes
            let uses = (try? TemplateTags(source.text).partials) ?? []
            sizes[name] = source.text.unicodeScalars.count + uses.reduce(0) { $0 + (sizes[$1.name] ?? 0) }
        } catch {
            problems.append(error)
            brokenPartials.insert(name)
        }
    }

    private mutating func report(_ source: TemplateSource, _ offset: Int, _ message: String) {
        let place = TextPlace(source.text, offset: offset)
        problems.append(TemplateProblem(file: source.path, line: place.line, column: place.column, message: message))
    }
}
