// The files that a template may have, and how their text is escaped.

import Incidents

/// One of the files in a template's directory.
enum TemplateFile: String, CaseIterable, Sendable {
    case slack = "slack.json"
    case teams = "teams.json"
    case emailSubject = "email.subject.txt"
    case emailHTML = "email.html"
    case emailText = "email.txt"
    case sms = "sms.txt"

    var isJSON: Bool { self == .slack || self == .teams }

    /// Where the text lands; of JSON files, where the texts for people land.
    var destination: Destination {
        switch self {
        case .slack: .slack
        case .teams: .markdown
        case .emailHTML: .html
        case .emailSubject, .emailText, .sms: .plain
        }
    }

    /// The files that make a message of a kind.
    static func files(of kind: ChannelKind) -> [TemplateFile] {
        switch kind {
        case .slack: [.slack]
        case .teams: [.teams]
        case .email: [.emailSubject, .emailText, .emailHTML]
        case .sms: [.sms]
        }
    }
}

/// Where one file of a template belongs.
struct TemplateKey: Hashable, Sendable {
    var name: String
    /// Lower case.
    var language: String?
    var file: TemplateFile
}

/// A file's text and where it came from.
struct TemplateSource: Sendable {
    /// For problems: the path as the user knows it.
    var path: String
    var text: String
    /// It comes with Tocsin.
    var isBuiltIn = false
}

/// All sources of a library: templates and partials.
struct TemplateSources: Sendable {
    var files: [TemplateKey: TemplateSource] = [:]
    var partials: [String: TemplateSource] = [:]
    /// By language, in lower case; one that comes with Tocsin and the user's.
    var languages: [String: [TemplateSource]] = [:]
    var problems: [TemplateProblem] = []
    /// Files that are there but cannot be used: their messages are rendered plainly.
    var broken: [TemplateKey: TemplateProblem] = [:]

    /// Adds a file by its path below the templates' directory; false where the path is none of a template.
    mutating func add(_ path: String, _ source: TemplateSource) -> Bool {
        guard let place = Self.place(path) else { return false }
        switch place {
        case .partial(let name): partials[name] = source
        case .file(let key): files[key] = source
        case .language(let language): languages[language, default: []].append(source)
        }
        return true
    }

    enum Place: Equatable {
        case partial(String)
        case file(TemplateKey)
        /// In lower case.
        case language(String)
    }

    static let partialsDirectory = "partials"
    static let languagesDirectory = "languages"

    /// What a path means: `NAME/FILE`, `NAME/LANGUAGE/FILE`, `partials/NAME` or `languages/LANGUAGE.json`.
    static func place(_ path: String) -> Place? {
        let steps = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard steps.count == 2 || steps.count == 3, steps.dropLast().allSatisfy(isName) else { return nil }
        if steps[0] == partialsDirectory {
            guard steps.count == 2, isName(steps[1]) else { return nil }
            return .partial(partialName(steps[1]))
        }
        if steps[0] == languagesDirectory {
            guard steps.count == 2, steps[1].hasSuffix(".json"), isLanguage(String(steps[1].dropLast(5))) else { return nil }
            return .language(steps[1].dropLast(5).lowercased())
        }
        guard let file = TemplateFile(rawValue: steps[steps.count - 1]) else { return nil }
        if steps.count == 3 {
            guard isLanguage(steps[1]) else { return nil }
            return .file(TemplateKey(name: steps[0], language: steps[1].lowercased(), file: file))
        }
        return .file(TemplateKey(name: steps[0], language: nil, file: file))
    }

    /// Letters, digits, `.`, `-` and `_`, not beginning with a dot.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 100 && !text.hasPrefix(".")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// `de`, `pt-BR` (BCP 47, simplified).
    static func isLanguage(_ text: String) -> Bool {
        text.wholeMatch(of: #/[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*/#) != nil
    }

    /// A partial is called by its file's name; the extension `.mustache` need not be said.
    static func partialName(_ file: String) -> String { file.hasSuffix(".mustache") ? String(file.dropLast(9)) : file }
}
