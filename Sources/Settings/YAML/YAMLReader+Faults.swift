// What Yams complains about, as one error with its place. None of these texts quotes the file, but for names of keys.

import Yams

extension YAMLReader {
    static func fault(_ error: any Error, _ text: String) -> YAMLFault {
        guard let error = error as? YamlError else { return YAMLFault(message: "cannot be read as YAML", place: nil) }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            return syntax(context, problem, mark, text)
        case .composer(_, let problem, let mark, _):
            if problem.contains("another document") {
                return YAMLFault(message: "a second YAML document begins here; put everything into one", place: place(mark))
            }
            let hint = problem.contains("undefined alias") ? "; a text that begins with `*` needs quotes" : ""
            return YAMLFault(message: "YAML: \(problem)\(hint)", place: place(mark))
        case .reader(let problem, let offset, _, _):
            return YAMLFault(message: "YAML: \(problem)", place: offset.map { place(ofByte: $0, in: text) })
        case .duplicatedKeysInMapping(let duplicates, let context):
            return duplicate(duplicates, context.mark, text)
        default:
            return YAMLFault(message: "cannot be read as YAML", place: nil)
        }
    }

    private static func syntax(_ context: YamlError.Context?, _ problem: String, _ mark: Mark, _ text: String) -> YAMLFault {
        let lines = text.split(separator: "\n", maxSplits: mark.line, omittingEmptySubsequences: false)
        let line = mark.line <= lines.count && mark.line > 0 ? lines[mark.line - 1] : ""
        var message = "YAML: \(problem)"
        if let context { message += " (\(context.text.trimmingPrefix(" ")), from line \(context.mark.line))" }
        if line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
            message = "YAML: a tab cannot indent a line; use spaces"
        } else if problem.contains("mapping values are not allowed") {
            message += "; is a text with `: ` in it missing its quotes, or is a line indented too far?"
        } else if line.contains("{{") || line.contains("${") {
            message += "; a text with `{{` or `${` needs quotes"
        } else if line.contains(where: { ">|*&!%@`".contains($0) }) {
            message += "; a text that begins with one of `> | * & ! % @` needs quotes"
        }
        return YAMLFault(message: message, place: place(mark))
    }

    /// A name that is there twice in one map, and where the first of them stands.
    static func repeated(_ error: any Error) -> (name: String, place: Place)? {
        guard case YamlError.duplicatedKeysInMapping(let names, let context) = error, let name = names.first, context.mark.line > 0
        else { return nil }
        return (name, place(context.mark))
    }

    /// Yams names the first of the two; the second one is the one to look at, where it is found.
    private static func duplicate(_ names: [String], _ mark: Mark, _ text: String) -> YAMLFault {
        guard mark.line > 0, let name = names.first else { return YAMLFault(message: "a name is there twice in one map", place: nil) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(mark.line)
        for (offset, line) in lines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            let rest = line.dropFirst(indent)
            if rest.isEmpty || rest.hasPrefix("#") || rest == "\r" { continue }
            if indent < mark.column - 1 { break }
            if indent == mark.column - 1,
                [name, "\"\(name)\"", "'\(name)'"].contains(where: { rest.hasPrefix($0 + ":") || rest.hasPrefix($0 + " :") })
            {
                return YAMLFault(
                    message: "`\(name.shortened)` is there twice; the first is on line \(mark.line)",
                    place: Place(line: mark.line + 1 + offset, column: mark.column))
            }
        }
        return YAMLFault(message: "`\(name.shortened)` is there twice in this map; keep one", place: place(mark))
    }

    private static func place(_ mark: Mark) -> Place { Place(line: max(1, mark.line), column: max(1, mark.column)) }

    private static func place(ofByte offset: Int, in text: String) -> Place {
        var place = Place(line: 1, column: 1)
        for byte in text.utf8.prefix(max(0, offset)) {
            if byte == UInt8(ascii: "\n") {
                place = Place(line: place.line + 1, column: 1)
            } else if byte & 0xC0 != 0x80 {
                place.column += 1
            }
        }
        return place
    }
}
