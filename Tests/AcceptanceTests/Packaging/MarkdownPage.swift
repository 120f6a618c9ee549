// A page of the documentation, as far as its links, headings and examples go.

import Foundation

struct MarkdownPage {
    /// Relative to the top of the repository.
    let path: String
    private(set) var links: [String] = []
    private(set) var anchors: Set<String> = []
    /// The fenced blocks with their languages, in order.
    private(set) var blocks: [(language: String, text: String)] = []

    init(_ path: String) throws {
        self.path = path
        var block: (language: String, lines: [String])?
        let text = try String(contentsOf: repository.appendingPathComponent(path), encoding: .utf8)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.trimmingCharacters(in: .whitespaces).hasPrefix("```") {
                if let open = block {
                    blocks.append((open.language, open.lines.joined(separator: "\n") + "\n"))
                    block = nil
                } else {
                    block = (line.trimmingCharacters(in: CharacterSet(charactersIn: "` ")), [])
                }
            } else if block != nil {
                block?.lines.append(line)
            } else {
                if line.hasPrefix("#") { anchors.insert(Self.anchor(line)) }
                links += Self.links(in: line)
            }
        }
    }

    /// All pages, of the repository's top and of docs/.
    static func all() throws -> [MarkdownPage] {
        let docs = FileManager.default.enumerator(atPath: repository.appendingPathComponent("docs").path)
        let names = (docs?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") }.map { "docs/" + $0 }
        return try (["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] + names.sorted()).map(MarkdownPage.init)
    }

    /// `docs/x/../y.md`, seen from this page, without dots.
    func resolve(_ target: String) -> String {
        var parts = path.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/").map(String.init) where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }

    /// What a heading is called in a link: lower case, without punctuation, hyphens for spaces.
    static func anchor(_ heading: String) -> String {
        let words = heading.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
        return String(words.compactMap { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : $0 == " " ? "-" : nil })
    }

    /// The targets of `[words](target)`, but for those in code.
    private static func links(in line: String) -> [String] {
        let plain = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { $0 % 2 == 0 ? String($1) : "code" }.joined()
        return plain.components(separatedBy: "](").dropFirst().compactMap { $0.split(separator: ")").first.map(String.init) }
    }
}
