// The tags of a Mustache text, with their places: what the engine does not tell. It finds what would crash or silently
// vanish later (partials that nobody has, partials named by data, endless nesting), and says where a section was opened.

/// A fault within a template's text.
struct TagFault: Error, Equatable {
    /// The offset in Unicode scalars.
    var offset: Int
    var message: String
}

/// The tags of one text.
struct TemplateTags {
    struct Reference: Equatable {
        var name: String
        var offset: Int
    }

    /// Sections within sections, at most.
    static let deepest = 32

    /// Partials that the text uses.
    private(set) var partials: [Reference] = []
    /// Names used outside of any section, where only the names at the top can be meant.
    private(set) var names: [Reference] = []
    /// What the text says about its delivery, wherever in it.
    private(set) var notes: DeliveryNotes = []

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var open: UnicodeScalars = ["{", "{"]
    private var close: UnicodeScalars = ["}", "}"]
    private var sections: [Reference] = []

    typealias UnicodeScalars = [Unicode.Scalar]

    init(_ text: String) throws(TagFault) {
        scalars = Array(text.unicodeScalars)
        try scan()
    }

    private mutating func scan() throws(TagFault) {
        while let start = find(open, from: position) {
            position = start + open.count
            try tag(at: start)
        }
        if let section = sections.last {
            throw TagFault(
                offset: section.offset, message: "section `\(section.name)` is opened here and never closed; add {{/\(section.name)}}")
        }
    }

    private mutating func tag(at start: Int) throws(TagFault) {
        guard position < scalars.count else { throw unfinished(start) }
        let sign = scalars[position]
        switch sign {
        case "!":
            _ = try content(start)
        case "=":
            try delimiters(start)
        case "%":
            let pragma = try content(start)
            guard pragma.contains("CONTENT_TYPE") else {
                throw TagFault(offset: start, message: "`%` begins a setting, and only CONTENT_TYPE is known")
            }
        case "{":
            position += 1
            let name = try content(start)
            guard position < scalars.count, scalars[position] == "}" else {
                throw TagFault(offset: start, message: "`{{{` must be closed by `}}}`")
            }
            position += 1
            try use(name, start)
        case "&":
            position += 1
            try use(try content(start), start)
        case "#", "^", "$":
            position += 1
            let name = try content(start)
            try check(name, start)
            if sign != "$" { note(name, start) }
            sections.append(Reference(name: name, offset: start))
            if sections.count > Self.deepest {
                throw TagFault(offset: start, message: "sections nest deeper than \(Self.deepest)")
            }
        case "/":
            position += 1
            try end(try content(start), start)
        case ">", "<":
            position += 1
            let name = try content(start)
            guard !name.isEmpty, !name.hasPrefix("*") else {
                throw TagFault(offset: start, message: "a partial must be named in the template: {{> NAME}}")
            }
            partials.append(Reference(name: name, offset: start))
            if sign == "<" { sections.append(Reference(name: name, offset: start)) }
        default:
            try use(try content(start), start)
        }
    }

    private mutating func end(_ name: String, _ start: Int) throws(TagFault) {
        guard let section = sections.popLast() else {
            throw TagFault(offset: start, message: "{{/\(name)}} closes a section that was never opened")
        }
        if section.name != name {
            throw TagFault(offset: start, message: "{{/\(name)}} stands where section `\(section.name)` should be closed")
        }
    }

    private mutating func use(_ name: String, _ start: Int) throws(TagFault) {
        try check(name, start)
        note(name, start)
    }

    private mutating func note(_ name: String, _ start: Int) {
        if sections.isEmpty { names.append(Reference(name: name, offset: start)) }
    }

    private mutating func check(_ name: String, _ start: Int) throws(TagFault) {
        if name.isEmpty { throw TagFault(offset: start, message: "a tag without a name") }
        notes.formUnion(DeliveryNotes(name: name, inDelivery: sections.contains { $0.name == "delivery" }))
        let allowed = name.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || "0123456789.-_?()*".unicodeScalars.contains($0))
        }
        if !allowed {
            throw TagFault(
                offset: start, message: "`\(name.prefix(40))` is no name: letters, digits, `.`, `-` and `_` may stand between the braces")
        }
    }

    private mutating func delimiters(_ start: Int) throws(TagFault) {
        position += 1
        let words = try content(start).split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" })
        guard words.count == 2, let last = words.last, last.hasSuffix("="), last.count > 1 else {
            throw TagFault(offset: start, message: "new delimiters are set like {{=<% %>=}}")
        }
        open = UnicodeScalars(words[0].unicodeScalars)
        close = UnicodeScalars(last.dropLast().unicodeScalars)
    }

    /// The text up to the closing delimiter, without white space at its ends; the position is then behind it.
    private mutating func content(_ start: Int) throws(TagFault) -> String {
        guard let end = find(close, from: position) else { throw unfinished(start) }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[position..<end])
        position = end + close.count
        var result = Substring(String(text))
        while let first = result.first, first.isWhitespace { result.removeFirst() }
        while let last = result.last, last.isWhitespace { result.removeLast() }
        return String(result)
    }

    private func unfinished(_ start: Int) -> TagFault {
        TagFault(offset: start, message: "this tag is never closed by `\(String(String.UnicodeScalarView(close)))`")
    }

    private func find(_ wanted: UnicodeScalars, from start: Int) -> Int? {
        guard let first = wanted.first else { return nil }
        var index = start
        while index + wanted.count <= scalars.count {
            if scalars[index] == first, scalars[index..<index + wanted.count].elementsEqual(wanted) { return index }
            index += 1
        }
        return nil
    }
}
