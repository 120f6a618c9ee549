// All templates, compiled once: the user's over the built-in ones, file by file.

import Foundation
import Incidents

/// The templates that messages are rendered with. A value: a reload makes a new one.
public struct TemplateLibrary: Sendable {
    let templates: [TemplateKey: CompiledTemplate]
    let partials: Partials
    /// What messages say by themselves.
    let languages: Languages
    /// The user's own files, for the check of translations.
    let ownFiles: [OwnFile]
    /// The names of all templates, sorted.
    public let names: [String]

    init(_ compiler: TemplateCompiler) {
        templates = compiler.templates
        partials = compiler.partials
        languages = compiler.languages
        ownFiles = compiler.ownFiles
        names = Set(templates.keys.map(\.name)).sorted()
    }

    /// The name of the template for everything that has none of its own.
    public static let fallback = "default"

    /// Loads the user's directory over the built-in templates. It reads files, and blocks while it does.
    ///
    /// - Parameter directory: `NAME/FILE`, `NAME/LANGUAGE/FILE`, `partials/NAME`; one that does not exist is no problem.
    /// - Returns: a library that can render whatever the problems are, and all of them.
    public static func load(directory: String?) -> (library: TemplateLibrary, problems: [TemplateProblem]) {
        var sources = embedded
        if let directory { sources.read(directory: directory) }
        let compiler = TemplateCompiler(sources)
        return (TemplateLibrary(compiler), compiler.problems)
    }

    /// Files that are at hand, by their paths below a directory, over the built-in partials and `default`; a path of no
    /// template is left out.
    package static func compile(_ files: [String: String]) -> (library: TemplateLibrary, problems: [TemplateProblem]) {
        var sources = embedded
        sources.files = sources.files.filter { $0.key.name == fallback }
        for (path, text) in files { _ = sources.add(path, TemplateSource(path: path, text: text)) }
        let compiler = TemplateCompiler(sources)
        return (TemplateLibrary(compiler), compiler.problems)
    }

    /// The templates that Tocsin comes with.
    public static let builtIn: TemplateLibrary = load(directory: nil).library

    /// Whether there is a template of this name.
    public func has(_ template: String) -> Bool { names.contains(template) }

    func phrases(_ language: String?) -> Phrases { languages[language] }

    private static let embedded: TemplateSources = {
        var sources = TemplateSources()
        for (path, text) in EmbeddedTemplates.files {
            _ = sources.add(path, TemplateSource(path: "built-in templates/\(path)", text: text, isBuiltIn: true))
        }
        return sources
    }()

    /// The file to use for a request: by its template, then by the event's type, then `default`; in the reader's language
    /// where there is one.
    func find(_ file: TemplateFile, for request: RenderRequest) -> CompiledTemplate? {
        let languages = Self.languages(request.language)
        for name in [request.template, request.event.type.rawValue, Self.fallback] {
            for language in languages {
                if let found = templates[TemplateKey(name: name, language: language, file: file)] { return found }
            }
            if let found = templates[TemplateKey(name: name, language: nil, file: file)] { return found }
        }
        return nil
    }

    /// `pt-BR` is looked for as `pt-br`, then as `pt`.
    private static func languages(_ language: String?) -> [String] {
        guard let language = language?.lowercased(), !language.isEmpty else { return [] }
        guard let dash = language.firstIndex(of: "-") else { return [language] }
        return [language, String(language[..<dash])]
    }
}
