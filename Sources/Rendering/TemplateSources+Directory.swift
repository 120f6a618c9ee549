// Reading a user's directory of templates: regular files only, never through a symbolic link, none larger than
// `ChannelLimits.templateFile`. What is not understood is named.

import Foundation
import Incidents

#if canImport(Glibc)
    import Glibc
#endif

extension TemplateSources {
    private enum Entry { case file(size: Int), directory, link, other, gone }

    /// Reads a directory over what is there already, file by file. A missing directory is no problem.
    mutating func read(directory: String) {
        let root = directory.hasSuffix("/") && directory.count > 1 ? String(directory.dropLast()) : directory
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: root)
        } catch {
            if FileManager.default.fileExists(atPath: root) {
                problems.append(TemplateProblem(file: root, message: "cannot be read as a directory: \(error.localizedDescription)"))
            }
            return
        }
        for name in names.sorted() where !name.hasPrefix(".") {
            let path = "\(root)/\(name)"
            switch Self.entry(path) {
            case .directory:
                if !Self.isName(name) {
                    warn(path, "`\(name)` is no template's name: letters, digits, `.`, `-` and `_`")
                } else {
                    readTemplate(name, path)
                }
            case .link: refuseLink(path)
            case .file, .other:
                if !name.lowercased().hasPrefix("readme"), !name.hasSuffix(".md") {
                    warn(path, "is not used: files of templates stand in NAME/, for instance default/\(TemplateFile.slack.rawValue)")
                }
            case .gone: break
            }
        }
    }

    private mutating func readTemplate(_ name: String, _ directory: String) {
        for entry in children(directory) {
            let path = "\(directory)/\(entry)"
            switch Self.entry(path) {
            case .file(let size): readFile("\(name)/\(entry)", path, size)
            case .directory:
                guard name != Self.partialsDirectory, name != Self.languagesDirectory, Self.isLanguage(entry) else {
                    warn(path, "`\(entry)` is no language: directories in a template are called `de`, `pt-BR`, ...")
                    continue
                }
                for file in children(path) {
                    switch Self.entry("\(path)/\(file)") {
                    case .file(let size): readFile("\(name)/\(entry)/\(file)", "\(path)/\(file)", size)
                    case .link: refuseLink("\(path)/\(file)")
                    case .directory, .other: warn("\(path)/\(file)", "is not used")
                    case .gone: break
                    }
                }
            case .link: refuseLink(path)
            case .other: warn(path, "is no regular file, and is not used")
            case .gone: break
            }
        }
    }

    private mutating func readFile(_ relative: String, _ path: String, _ size: Int) {
        guard let place = Self.place(relative) else {
            let name = relative.split(separator: "/").last.map(String.init) ?? relative
            if name.hasSuffix(".md") { return }
            if relative.hasPrefix("\(Self.languagesDirectory)/") {
                warn(path, "`\(name)` is not used; the phrases of a language stand in `de.json`, `pt-BR.json`, ...")
                return
            }
            let known = TemplateFile.allCases.map(\.rawValue)
            let hint = Suggestion.clause(for: name, among: known)
            warn(path, "`\(name)` is not used\(hint.isEmpty ? "; a template's files are \(known.joined(separator: ", "))" : hint)")
            return
        }
        var problem: TemplateProblem?
        if size > ChannelLimits.templateFile {
            problem = TemplateProblem(file: path, message: "is \(size) bytes; a template file may have \(ChannelLimits.templateFile)")
        } else if let bytes = Self.bytes(path) {
            if let text = String(validating: bytes, as: UTF8.self) {
                _ = add(relative, TemplateSource(path: path, text: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text))
            } else {
                problem = TemplateProblem(file: path, message: "is not UTF-8; save it as UTF-8")
            }
        } else {
            problem = TemplateProblem(file: path, message: "cannot be read: \(String(cString: strerror(errno)))")
        }
        guard let problem else { return }
        problems.append(problem)
        if case .file(let key) = place { broken[key] = problem }
    }

    private func children(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

    private mutating func warn(_ path: String, _ message: String) {
        problems.append(TemplateProblem(file: path, message: message, isError: false))
    }

    private mutating func refuseLink(_ path: String) {
        problems.append(TemplateProblem(file: path, message: "is a symbolic link, and is not followed; put the file itself here"))
    }

    private static func entry(_ path: String) -> Entry {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .gone }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(size: Int(status.st_size))
        case S_IFDIR: return .directory
        case S_IFLNK: return .link
        default: return .other
        }
    }

    /// The bytes of a regular file, at most one more than allowed; nil where it cannot be read.
    private static func bytes(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= ChannelLimits.templateFile {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 { return nil }
            if count == 0 { break }
            bytes += buffer[0..<count]
        }
        return bytes
    }
}
