// A Mustache text as a flat list of steps, for speed: the engine walks values of unknown type, casts each of them, and
// copies its whole context for every section. The engine stays the parser, and what its parser found is read by
// reflection when templates are loaded. Where that is not understood (inheritance, functions, indented partials,
// another content type, another version of the engine), there is no program, and the engine renders.

import Mustache

/// A compiled text.
struct TemplateProgram: Sendable {
    enum Step: Sendable {
        case text(String)
        case value(TemplatePath, Destination)
        case verbatim(TemplatePath)
        case section(TemplatePath, TemplateProgram)
        case inverted(TemplatePath, TemplateProgram)
        case partial(TemplateProgram)
    }

    private(set) var steps: [Step] = []

    /// - Parameters:
    ///   - destination: where the text lands until it says otherwise.
    ///   - partials: the programs of the partials that the text may use.
    /// - Returns: nil where the engine has to render.
    init?(_ template: MustacheTemplate, _ destination: Destination, partials: [String: TemplateProgram]) {
        guard let tokens = Mirror(reflecting: template).descendant("tokens") as? [Any] else { return nil }
        var destination = destination
        for token in tokens {
            guard let found = Mirror(reflecting: token).children.first, let kind = found.label else { return nil }
            let members = Mirror(reflecting: found.value)
            func path() -> TemplatePath? {
                guard let name = members.descendant("name") as? String,
                    (members.descendant("transforms") as? [String])?.isEmpty == true
                else { return nil }
                return TemplatePath(name)
            }
            func inner() -> TemplateProgram? {
                (members.descendant("template") as? MustacheTemplate).flatMap {
                    TemplateProgram($0, destination, partials: partials)
                }
            }
            switch kind {
            case "text":
                guard let text = found.value as? String else { return nil }
                steps.append(.text(text))
            case "variable":
                guard let path = path() else { return nil }
                steps.append(.value(path, destination))
            case "unescapedVariable":
                guard let path = path() else { return nil }
                steps.append(.verbatim(path))
            case "section":
                guard let path = path(), let inner = inner() else { return nil }
                steps.append(.section(path, inner))
            case "invertedSection":
                guard let path = path(), let inner = inner() else { return nil }
                steps.append(.inverted(path, inner))
            case "partial":
                guard let partial = Self.partial(members, partials) else { return nil }
                steps.append(.partial(partial))
            case "contentType":
                guard let named = found.value as? Destination else { return nil }
                destination = named
            default: return nil
            }
        }
    }

    /// A partial that brings nothing of its place with it: neither an indent nor blocks.
    private static func partial(_ members: Mirror, _ partials: [String: TemplateProgram]) -> TemplateProgram? {
        let parts = Array(members.children)
        guard parts.count == 3, let name = parts[0].value as? String, let indentation = parts[1].value as? String?,
            indentation?.isEmpty ?? true, Mirror(reflecting: parts[2].value).children.isEmpty
        else { return nil }
        return partials[name]
    }

    func write(_ stack: TemplateStack, to out: inout String) {
        for step in steps {
            switch step {
            case .text(let text): out += text
            case .value(let path, let destination):
                if let text = stack.value(path)?.text { out += destination.escapeText(text) }
            case .verbatim(let path):
                if let text = stack.value(path)?.text { out += text }
            case .section(let path, let inner): stack.section(path, inner, to: &out)
            case .inverted(let path, let inner):
                switch stack.value(path) {
                case nil, .flag(false): inner.write(stack, to: &out)
                case .object(let object) where object.isNull: inner.write(stack, to: &out)
                case .list(let elements) where elements.isEmpty: inner.write(stack.with(.list([])), to: &out)
                default: break
                }
            case .partial(let partial): partial.write(stack, to: &out)
            }
        }
    }
}

/// A dotted name, taken apart when the template is loaded.
struct TemplatePath: Sendable {
    /// Nil: the innermost value itself.
    let first: String?
    let further: [String]
    /// The innermost value itself: `.`.
    let isSelf: Bool
    /// Begins at the innermost value and looks no further out: `.name`.
    let isLocal: Bool

    init(_ name: String) {
        isSelf = name == "."
        isLocal = name.hasPrefix(".")
        let steps = name.split(separator: ".").map(String.init)
        first = steps.first
        further = Array(steps.dropFirst())
    }
}

/// The values around a place in a template: the innermost, and what is around that.
final class TemplateStack {
    let value: TemplateValue
    private let outer: TemplateStack?

    init(_ root: TemplateObject) {
        value = .object(root)
        outer = nil
    }

    private init(_ value: TemplateValue, in outer: TemplateStack) {
        self.value = value
        self.outer = outer
    }

    func with(_ value: TemplateValue) -> TemplateStack { TemplateStack(value, in: self) }

    func value(_ path: TemplatePath) -> TemplateValue? {
        if path.isSelf { return value }
        guard let first = path.first else { return value }
        var found = value.member(first)
        if !path.isLocal {
            var place = outer
            while found == nil, let next = place {
                found = next.value.member(first)
                place = next.outer
            }
        }
        for step in path.further {
            guard let value = found else { return nil }
            found = value.member(step)
        }
        return found
    }

    func section(_ path: TemplatePath, _ inner: TemplateProgram, to out: inout String) {
        switch value(path) {
        case nil, .flag(false): break
        case .flag(true): inner.write(self, to: &out)
        case .list(let elements): for element in elements { inner.write(with(element), to: &out) }
        case .object(let object) where object.isNull: break
        case .some(let value): inner.write(with(value), to: &out)
        }
    }
}
