// Where a value stands in what a tool sent: `labels.alertname`, `alerts[0].startsAt`, `["task.number"]`, `$body.externalURL`.

import JSON

/// A path into a document.
struct ValuePath: Sendable, Equatable {
    /// Where the path begins.
    enum Root: String, Sendable, CaseIterable {
        /// What `each` of the rule, or else of the adapter, is at.
        case here = ""
        /// What `each` of the adapter is at, also within a rule that has its own.
        case item
        /// All that was sent.
        case body
        /// The HTTP headers, by their names in lower case.
        case header
        /// In `as`: the text so far.
        case it
    }

    enum Step: Sendable, Equatable {
        case member(String)
        /// Negative ones count from the end.
        case element(Int)
        case all
    }

    /// Of a list, no more than this is looked at where a text or a condition is made of it.
    static let maximumElements = 100

    var root: Root
    var steps: [Step]
    /// As written.
    var text: String

    /// What a path leads to in a document; nil where nothing is there, or null.
    static func find(_ steps: ArraySlice<Step>, in value: JSONValue) -> JSONValue? {
        guard let step = steps.first else { return value.isNull ? nil : value }
        let rest = steps.dropFirst()
        switch step {
        case .member(let name):
            guard let next = value[name] else { return nil }
            return find(rest, in: next)
        case .element(let index):
            guard let elements = value.array else { return nil }
            let place = index < 0 ? elements.count + index : index
            guard elements.indices.contains(place) else { return nil }
            return find(rest, in: elements[place])
        case .all:
            guard let elements = value.array else { return nil }
            let found = elements.prefix(maximumElements).compactMap { find(rest, in: $0) }
            return found.isEmpty ? nil : .array(found)
        }
    }

    /// The path as a JSON Pointer below another; it ends where the path leaves what a pointer can say.
    func pointer(below pointer: String) -> String {
        var out = pointer
        for step in steps {
            switch step {
            case .member(let name): out += "/" + pointerToken(name)
            case .element(let index) where index >= 0: out += "/\(index)"
            default: return out
            }
        }
        return out
    }
}

/// Why a text of an adapter is not understood.
struct TextFault: Error, Equatable {
    var message: String
}

extension ValuePath {
    /// Reads a path.
    init(_ text: String) throws(TextFault) {
        self.text = text
        var rest = Substring(text)
        root = .here
        if rest.hasPrefix("$") {
            let name = rest.dropFirst().prefix { $0.isLetter }
            guard let known = Root(rawValue: String(name)), known != .here else {
                throw TextFault(
                    message: "`\(excerpt(text))` begins with `$\(excerpt(String(name)))`; there are `$body`, `$item`, `$header` and `$it`")
            }
            root = known
            rest = rest.dropFirst(1 + name.count)
            if rest.hasPrefix(".") { rest = rest.dropFirst() }
        } else if rest == "." {
            rest = ""
        }
        steps = []
        while !rest.isEmpty {
            steps.append(try Self.step(&rest, of: text))
            if rest.hasPrefix(".") {
                rest = rest.dropFirst()
                if rest.isEmpty { throw TextFault(message: "the path `\(excerpt(text))` ends with a dot") }
            } else if !rest.isEmpty, !rest.hasPrefix("[") {
                throw TextFault(message: "the path `\(excerpt(text))` is not understood at `\(excerpt(String(rest)))`")
            }
        }
        if steps.count > 32 { throw TextFault(message: "the path `\(excerpt(text))` has more than 32 steps") }
    }

    private static func step(_ rest: inout Substring, of text: String) throws(TextFault) -> Step {
        guard rest.hasPrefix("[") else {
            let name = rest.prefix { !".[]{}\"".contains($0) }
            if name.isEmpty || name.contains(where: \.isWhitespace) {
                throw TextFault(message: "the path `\(excerpt(text))` needs a name here; one with dots or spaces is written `[\"a.b\"]`")
            }
            rest = rest.dropFirst(name.count)
            return .member(String(name))
        }
        if rest.hasPrefix("[\"") {
            let inside = rest.dropFirst(2)
            guard let end = inside.firstIndex(of: "\""), inside[inside.index(after: end)...].hasPrefix("]") else {
                throw TextFault(message: "the path `\(excerpt(text))` opens `[\"` and does not close it with `\"]`")
            }
            rest = inside[inside.index(end, offsetBy: 2)...]
            return .member(String(inside[..<end]))
        }
        guard let end = rest.firstIndex(of: "]") else {
            throw TextFault(message: "the path `\(excerpt(text))` opens `[` and does not close it")
        }
        let inside = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...]
        if inside == "*" { return .all }
        guard let index = Int(inside) else {
            throw TextFault(message: "in `\(excerpt(text))`, what stands in `[…]` is a number, `*`, or a name in quotes")
        }
        return .element(index)
    }
}
