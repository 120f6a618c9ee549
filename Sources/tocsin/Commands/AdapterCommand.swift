// tocsin adapter list, show, try

import Adapters
import ArgumentParser
import Foundation
import Incidents
import JSON
import Settings

struct AdapterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adapter", abstract: "How the webhooks of other tools become events.",
        discussion: """
            An adapter is a YAML file; docs/adapters.md has the format. Those that Tocsin comes with are a good beginning:

              tocsin adapter list
              tocsin adapter show alertmanager > mine.yaml
              tocsin adapter try mine.yaml payload.json
            """,
        subcommands: [AdapterList.self, AdapterShow.self, AdapterTry.self])
}

struct AdapterList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the adapters that Tocsin comes with.")

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() {
        let adapters = Adapter.shippedNames.compactMap { Adapter.shipped($0) }
        if json {
            for adapter in adapters {
                Terminal.say(
                    JSONLine([
                        "name": .string(adapter.name), "title": .string(adapter.title), "source": .string(adapter.source),
                        "signature": .array(adapter.signatureHeaders.map(JSONValue.string)),
                    ]).text)
            }
            return
        }
        var table = Table([.name("NAME"), .init("FOR", shrinks: true), .init("SIGNED IN")])
        for adapter in adapters {
            let headers = adapter.signatureHeaders.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            table.add([.init(adapter.name), .init(adapter.title), .init(headers.isEmpty ? "–" : headers.joined(separator: ", "))])
        }
        table.show()
    }
}

struct AdapterShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Prints an adapter that Tocsin comes with, to copy from.")

    @Argument(help: "Its name, as `tocsin adapter list` shows it.")
    var name: String

    func run() throws {
        guard let text = Adapter.shippedText(name) else { throw AdapterChoice.unknown(name) }
        Terminal.say(text.trimmingCharacters(in: .newlines))
    }
}

struct AdapterTry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try", abstract: "Shows the events that a webhook's body would become.",
        discussion: """
            The events go to standard output, one JSON object a line; what was left out or passed over goes to standard error. \
            Nothing is sent and nothing is recorded. `-` reads the body from standard input.

              tocsin adapter try alertmanager payload.json
              tocsin adapter try mine.yaml payload.json | tocsin explain -
            """)

    @Argument(help: "The name of an adapter that Tocsin comes with, or a file of your own.")
    var adapter: String

    @Argument(help: "A file with what the tool sent, or `-`.")
    var payload: String

    @Option(help: ArgumentHelp("A header of the request, as `Name: value`; may be repeated.", valueName: "header"))
    var header: [String] = []

    @Option(name: [.customLong("config"), .customShort("c")], help: "Whose `severities` count; without it routes.yaml, if it is here.")
    var config: String?

    func run() throws {
        let adapter = try AdapterChoice.load(self.adapter)
        let body = try readBody()
        let headers = try readHeaders()
        let scale = try readScale()
        let adaptation: Adaptation
        do {
            adaptation = try adapter.events(from: body, headers: headers, scale: scale)
        } catch {
            throw failure("\(payload): \(error)", Exit.badData)
        }
        for event in adaptation.events { Terminal.say(Self.line(event).text) }
        for note in adaptation.notes { Terminal.complain(Terminal.clean("note: \(note)")) }
        for fault in adaptation.faults { Terminal.complain(Terminal.clean("\(payload): \(fault)")) }
        if adaptation.events.isEmpty { Terminal.complain("nothing of this would become an event") }
        if !adaptation.faults.isEmpty { throw Exit.badData }
    }

    /// The members in the order in which one reads them.
    private static func line(_ event: JSONValue) -> JSONLine {
        let order = ["type", "id", "source", "time", "incident", "change", "message"]
        var line = JSONLine()
        let members = event.object ?? [:]
        for name in order + members.keys.sorted().filter({ !order.contains($0) }) {
            if let value = members[name] { line.add(name, value) }
        }
        return line
    }

    private func readBody() throws -> JSONValue {
        let bytes: [UInt8]
        if payload == "-" {
            bytes = Array(FileHandle.standardInput.readDataToEndOfFile())
        } else {
            guard let data = FileManager.default.contents(atPath: payload) else {
                throw failure("there is no file \(payload) that can be read", Exit.noInput)
            }
            bytes = Array(data)
        }
        do {
            return try JSONValue.parse(bytes: bytes)
        } catch {
            throw failure("\(payload): \(error)", Exit.badData)
        }
    }

    private func readHeaders() throws -> [String: String] {
        var headers: [String: String] = [:]
        for text in header {
            guard let colon = text.firstIndex(of: ":"), colon > text.startIndex else {
                throw usage("--header takes `Name: value`, and `\(text)` has no colon")
            }
            headers[String(text[..<colon])] = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return headers
    }

    private func readScale() throws -> SeverityScale {
        let path = config ?? "routes.yaml"
        if config == nil, !FileManager.default.fileExists(atPath: path) { return .standard }
        try ConfigOption.mustExist(path)
        let loaded = ConfigurationLoader.load(path: path, placeholderSecrets: true)
        if let configuration = loaded.configuration { return configuration.scale }
        Terminal.complain("\(path) has mistakes; `tocsin check` lists them. Here the standard severities count.")
        return .standard
    }
}

/// An adapter by its name or its file.
enum AdapterChoice {
    static func load(_ text: String) throws -> Adapter {
        if !text.contains("/"), let adapter = Adapter.shipped(text), !FileManager.default.fileExists(atPath: text) { return adapter }
        let reading = Adapter.load(path: text)
        if let adapter = reading.adapter { return adapter }
        if reading.isMissing {
            throw text.contains("/") || text.contains(".") ? failure("there is no file \(text)", Exit.noInput) : unknown(text)
        }
        for diagnostic in reading.diagnostics { Terminal.complain(Terminal.clean("\(diagnostic)"), prefix: "") }
        throw failure("\(text) has mistakes", Exit.configuration)
    }

    static func unknown(_ name: String) -> ExitCode {
        let hint = Suggestion.clause(for: name, among: Adapter.shippedNames)
        let known = Adapter.shippedNames.joined(separator: ", ")
        return failure("there is no adapter `\(name)`\(hint.isEmpty ? "; there are \(known), and files of your own" : hint)", Exit.noInput)
    }
}
