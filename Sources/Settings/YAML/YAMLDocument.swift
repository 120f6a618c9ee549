// YAML files other than routes.yaml: read by the same reader, with a place for each value, so that whoever reads them can
// say FILE:LINE:COLUMN of each mistake.

import Foundation
import JSON

/// One value of a YAML file, and where it stands.
public struct YAMLValue: Sendable {
    /// One `key: value` of a map.
    public struct Member: Sendable {
        public var key: String
        /// From 1.
        public var line: Int
        /// From 1, in Unicode scalars.
        public var column: Int
        public var value: YAMLValue
    }

    private let node: YAMLNode

    init(_ node: YAMLNode) { self.node = node }

    /// From 1.
    public var line: Int { node.place.line }
    /// From 1, in Unicode scalars.
    public var column: Int { node.place.column }
    /// In words, for messages: `a list`.
    public var kind: String { node.kind }
    /// An empty value, `~` or `null`.
    public var isNothing: Bool { node.isNothing }
    /// The text of a single value, as written; nil for everything else.
    public var text: String? { node.text }

    /// The entries of a list; nil for everything else.
    public var list: [YAMLValue]? {
        if case .list(let nodes) = node.content { return nodes.map(YAMLValue.init) }
        return nil
    }

    /// The members of a map, in the order of the file; nil for everything else.
    public var members: [Member]? {
        node.members?.map { Member(key: $0.key, line: $0.place.line, column: $0.place.column, value: YAMLValue($0.value)) }
    }

    /// As JSON: plain `true`, `false`, `null` and numbers are themselves, everything else is a string.
    public var json: JSONValue {
        switch node.content {
        case .nothing: .null
        case .text(let text, let isPlain):
            if isPlain, let value = try? JSONValue.parse(bytes: Array(text.utf8)), value.string == nil { value } else { .string(text) }
        case .list(let nodes): .array(nodes.map { YAMLValue($0).json })
        case .map(let members):
            .object(Dictionary(members.map { ($0.key, YAMLValue($0.value).json) }, uniquingKeysWith: { first, _ in first }))
        }
    }
}

/// A YAML file that was read.
public struct YAMLDocument: Sendable {
    /// Nil where the diagnostics say why not.
    public var root: YAMLValue?
    /// The errors of its syntax.
    public var diagnostics: [Diagnostic]
    /// There is no such file.
    public var isMissing: Bool

    /// Reads a file. Never throws: all mistakes are diagnostics. It blocks while it does.
    ///
    /// - Parameter path: as the user named it; the diagnostics name it so too.
    public static func read(path: String) -> YAMLDocument {
        func failed(_ message: String, isMissing: Bool = false) -> YAMLDocument {
            YAMLDocument(root: nil, diagnostics: [Diagnostic(severity: .error, file: path, message: message)], isMissing: isMissing)
        }
        let absolute = FilePath.resolve(path, against: FileManager.default.currentDirectoryPath)
        switch FileText.read(absolute, limit: ConfigurationLoader.maximumFileSize) {
        case .failure(let fault): return failed("the file \(fault.phrase)", isMissing: fault == .missing)
        case .success(let bytes):
            let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
            guard let text = String(validating: hasMark ? Array(bytes.dropFirst(3)) : bytes, as: UTF8.self) else {
                return failed("the file is not UTF-8; save it as UTF-8")
            }
            return read(text, path: path)
        }
    }

    /// Reads a text, as if it were that file's.
    public static func read(_ text: String, path: String) -> YAMLDocument {
        let (root, faults) = YAMLReader.read(text)
        let diagnostics = faults.map { fault in
            Diagnostic(
                severity: .error, file: path, line: fault.place?.line, column: fault.place?.column, message: fault.message)
        }
        return YAMLDocument(root: root.map(YAMLValue.init), diagnostics: diagnostics, isMissing: false)
    }
}
