// embed-templates DIRECTORY OUTPUT.swift NAME: the build tool behind the plugin EmbedTemplates. The same files give the same
// output, byte for byte.

import Foundation

@main
struct EmbedTemplates {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4 else {
            FileHandle.standardError.write(Data("usage: embed-templates DIRECTORY OUTPUT.swift NAME\n".utf8))
            exit(64)
        }
        let source = try swiftSource(of: URL(fileURLWithPath: arguments[1], isDirectory: true), name: arguments[3])
        try Data(source.utf8).write(to: URL(fileURLWithPath: arguments[2]), options: .atomic)
    }

    /// A Swift dictionary from relative paths to texts, in an enum of that name.
    static func swiftSource(of directory: URL, name enumeration: String) throws -> String {
        var entries: [String] = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: directory.path).sorted() {
            let name = path.split(separator: "/").last ?? ""
            let url = directory.appendingPathComponent(path)
            let isFile = try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
            guard isFile, !name.hasPrefix("."), !name.hasSuffix(".md") else { continue }
            let text = try String(contentsOf: url, encoding: .utf8)
            entries.append("        \(literal(path)): \(literal(text)),")
        }
        return """
            // Written by embed-templates from \(directory.lastPathComponent)/. Do not edit.

            enum \(enumeration) {
                static let files: [String: String] = [
            \(entries.joined(separator: "\n"))
                ]
            }

            """
    }

    /// A Swift string literal on one line.
    static func literal(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case " "..."~": out.unicodeScalars.append(scalar)
            default: out += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return out + "\""
    }
}
