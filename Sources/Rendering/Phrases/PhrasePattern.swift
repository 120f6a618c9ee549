// One phrase of a language, taken apart when it is loaded: words, gaps in braces, and parts in brackets that are left out
// where a gap in them stays empty.

/// A compiled phrase.
struct PhrasePattern: Sendable {
    enum Piece: Sendable {
        case text(String)
        case gap(Slot?, TemplatePath)
        case optional([Piece])
    }

    /// Where there is nothing to fill in.
    let plain: String?
    let pieces: [Piece]
    /// By the category of the count; without the common form.
    let forms: [PluralRule.Category: [Piece]]
    let rule: PluralRule
    /// The names of all gaps, sorted.
    let gaps: [String]

    init(_ text: String, forms: [PluralRule.Category: String] = [:], rule: PluralRule = .english) {
        var gaps: Set<String> = []
        var rest = text[...]
        pieces = Self.pieces(&rest, isInner: false, &gaps)
        var compiled: [PluralRule.Category: [Piece]] = [:]
        for (category, form) in forms {
            var rest = form[...]
            compiled[category] = Self.pieces(&rest, isInner: false, &gaps)
        }
        self.forms = compiled
        self.rule = rule
        self.gaps = gaps.sorted()
        plain = gaps.isEmpty && forms.isEmpty ? Self.filled(pieces) { _, _ in nil } : nil
    }

    /// What does not close stays text.
    private static func pieces(_ rest: inout Substring, isInner: Bool, _ gaps: inout Set<String>) -> [Piece] {
        var pieces: [Piece] = []
        var text = ""
        func flush() {
            if !text.isEmpty { pieces.append(.text(text)) }
            text = ""
        }
        while let next = rest.first {
            rest.removeFirst()
            switch next {
            case "{":
                guard let end = rest.firstIndex(of: "}"), isName(rest[..<end]) else {
                    text.append(next)
                    continue
                }
                flush()
                let name = String(rest[..<end])
                gaps.insert(name)
                pieces.append(.gap(Slot(rawValue: name), TemplatePath(name)))
                rest = rest[rest.index(after: end)...]
            case "[" where !isInner:
                guard rest.contains("]") else {
                    text.append(next)
                    continue
                }
                flush()
                pieces.append(.optional(Self.pieces(&rest, isInner: true, &gaps)))
            case "]" where isInner:
                flush()
                return pieces
            default: text.append(next)
            }
        }
        flush()
        return pieces
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || $0 == 0x5F || $0 == 0x2E }
    }

    /// The pieces for a count.
    func form(_ count: Int) -> [Piece] { forms.isEmpty ? pieces : forms[rule.category(count)] ?? pieces }

    static func filled(_ pieces: [Piece], _ value: (Slot?, TemplatePath) -> String?) -> String {
        var out = ""
        write(pieces, to: &out, value)
        return out
    }

    private static func write(_ pieces: [Piece], to out: inout String, _ value: (Slot?, TemplatePath) -> String?) {
        for piece in pieces {
            switch piece {
            case .text(let text): out += text
            case .gap(let slot, let path): if let text = value(slot, path) { out += text }
            case .optional(let inner):
                let isWhole = inner.allSatisfy {
                    if case .gap(let slot, let path) = $0 { return value(slot, path) != nil }
                    return true
                }
                if isWhole { write(inner, to: &out, value) }
            }
        }
    }
}
