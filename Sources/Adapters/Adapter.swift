// What another tool sends by webhook, turned into events: a declarative mapping, read from YAML. docs/adapters.md has the format.

import Incidents
import JSON
import Settings

/// How the webhooks of one tool become events. Pure: no clock, no network, no files but the one that it is read from.
public struct Adapter: Sendable, Equatable {
    /// As in `POST /v1/intake/NAME`: the file's name without its ending.
    public var name: String
    /// What it is for, in a few words.
    public var title: String
    /// The `source` of its events.
    public var source: String
    /// Members that the body must have, or it is not this tool's.
    var expected: [ValuePath]
    /// Said where it is not: what the tool must send.
    var help: String?
    /// Where the items are: the first that is there.
    var each: [ValuePath]
    var rules: [Rule]
    /// How its webhooks are signed: any of these.
    var signatures: [SignatureScheme]

    /// The most items of one body.
    public static let maximumItems = 20_000
    /// The most bytes of JSON that one body may become.
    public static let maximumOutput = 64 << 20

    /// Whether a webhook can be signed in a way that this adapter knows.
    public var isSigned: Bool { !signatures.isEmpty }

    /// The headers that signatures are looked for in, in lower case; empty where there are none.
    public var signatureHeaders: [String] { signatures.map(\.header) }
}

/// What reading an adapter came to.
public struct AdapterReading: Sendable {
    /// Nil where there is any error.
    public var adapter: Adapter?
    /// In the order of the file.
    public var diagnostics: [Diagnostic]
    /// There is no such file.
    public var isMissing: Bool
}

extension Adapter {
    /// Reads an adapter of the user's own. Never throws: all mistakes are diagnostics. It blocks while it reads.
    ///
    /// - Parameter path: as the user named it; the diagnostics name it so too.
    public static func load(path: String) -> AdapterReading {
        AdapterReader.read(YAMLDocument.read(path: path), path: path)
    }

    /// Reads a text, as if it were that file's.
    public static func read(_ text: String, path: String) -> AdapterReading {
        AdapterReader.read(YAMLDocument.read(text, path: path), path: path)
    }

    /// The name that a file's adapter has: `tools/nagios.yaml` is `nagios`.
    static func name(ofFile path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        for ending in [".yaml", ".yml"] where file.hasSuffix(ending) { return String(file.dropLast(ending.count)) }
        return file
    }
}
