// tocsin send, tocsin ack: events made by hand. They are dropped into the queue like everybody else's.

import ArgumentParser
import Configuration
import Foundation
import Incidents
import JSON
import Ledger
import Spool

struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes an event and drops it into the queue; prints its id.",
        discussion: """
            --set takes any member by its path (`change.from`, `incident.labels.region`); any other path is a member of the incident.

              tocsin send escalation --incident INC1 --severity high --title Down
              tocsin send status_change --incident INC1 --status resolved --by ana
              tocsin send update --incident INC1 --message "Failover has begun"
            """)

    @Argument(help: "escalation, status_change, severity_change, assignment, update, ...")
    var type: String

    @Option(help: "The incident's id.")
    var incident: String?

    @Option(help: "The severity, by name or alias.")
    var severity: String?

    @Option(help: "The incident's title.")
    var title: String?

    @Option(help: "The incident's status.")
    var status: String?

    @Option(help: "What is worth telling.")
    var message: String?

    @Option(help: "Who is behind the change.")
    var by: String?

    @Option(help: "Why.")
    var reason: String?

    @Option(name: .customLong("set"), help: ArgumentHelp("Any member.", valueName: "path=value"))
    var members: [String] = []

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let configuration = try option.load()
        var event = EventDraft(type: type)
        for (path, value) in [
            ("incident.id", incident), ("incident.severity", severity), ("incident.title", title), ("incident.status", status),
            ("message", message), ("change.by", by), ("change.reason", reason),
        ] {
            if let value { try event.set(path, .string(value)) }
        }
        for member in members { try event.set(assignment: member) }
        if type.lowercased() == EventType.acknowledgement.rawValue, let incident { try await option.mustKnow(incident, configuration) }
        Terminal.say(try event.drop(into: configuration))
    }
}

struct Acknowledge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack",
        abstract: "Acknowledges an incident: somebody has it.",
        discussion: """
            Drops an `acknowledgement` into the queue and prints its id. Exit status 1 where nobody knows the incident.

              tocsin ack INC0012345
              tocsin ack INC0012345 --by duty-engineer
            """)

    @Argument(help: "The incident's id.")
    var incident: String

    @Option(help: "Who has it. (default: who you are logged in as)")
    var by: String?

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let configuration = try option.load()
        try await option.mustKnow(incident, configuration)
        var event = EventDraft(type: EventType.acknowledgement.rawValue)
        try event.set("incident.id", .string(incident))
        try event.set("change.by", .string(by ?? NSUserName()))
        Terminal.say(try event.drop(into: configuration))
    }
}

extension ConfigOption {
    /// An acknowledgement of an incident that nobody has heard of would be rejected: it is better said here.
    func mustKnow(_ incident: String, _ configuration: RouterConfiguration) async throws {
        let ledger: LedgerStore
        do {
            ledger = try LedgerStore(directory: configuration.router.state, readOnly: true)
        } catch {
            throw failure(error.message, error.code == .noLedger ? Exit.no : Exit.io)
        }
        let known = try await ledger.incident(incident)
        let near = known == nil ? try await ledger.incidentIDs(near: incident, limit: 3) : []
        await ledger.close()
        if known == nil {
            let hint = near.isEmpty ? "`tocsin incidents` lists those that are known" : "the nearest: \(near.joined(separator: ", "))"
            throw failure("nobody has heard of incident `\(Terminal.clean(incident))`; \(hint)", Exit.no)
        }
    }
}

/// An event in the making.
struct EventDraft {
    private var document: JSONValue
    private let id = UUID().uuidString.lowercased()

    init(type: String) {
        document = [
            "type": .string(type), "id": .string(id), "source": "tocsin-cli", "time": .string(Timestamp.format(Date())),
        ]
    }

    private static let topLevel: Set<String> = [
        "id", "type", "time", "source", "message", "incident", "change", "broadcast", "approval", "subscription", "silence", "absence",
    ]

    /// `path=value`; a value that is JSON (a number, a list, null) is taken as that, everything else as text.
    mutating func set(assignment: String) throws {
        guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
            throw usage("--set takes path=value, for instance --set service=payments; this is `\(assignment)`")
        }
        var path = String(assignment[..<equals])
        let text = String(assignment[assignment.index(after: equals)...])
        let first = path.split(separator: ".").first.map(String.init) ?? path
        if !Self.topLevel.contains(first) { path = "incident." + path }
        var value = JSONValue.string(text)
        if let parsed = try? JSONValue.parse(bytes: Array(text.utf8)) {
            switch parsed {
            case .array, .object, .null: value = parsed
            case .string, .number, .bool: break
            }
        }
        try set(path, value)
    }

    mutating func set(_ path: String, _ value: JSONValue) throws {
        let steps = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard steps.allSatisfy({ !$0.isEmpty }) else { throw usage("`\(path)` is no path to a member") }
        document = Self.placing(value, at: steps[...], in: document)
    }

    private static func placing(_ value: JSONValue, at path: ArraySlice<String>, in document: JSONValue) -> JSONValue {
        guard let first = path.first else { return value }
        var members = document.object ?? [:]
        members[first] = placing(value, at: path.dropFirst(), in: members[first] ?? .object([:]))
        return .object(members)
    }

    /// Checks the event as the router would, and drops it.
    ///
    /// - Returns: its id.
    func drop(into configuration: RouterConfiguration) throws -> String {
        let bytes = document.bytes
        do {
            _ = try EventParser(scale: configuration.scale).parse(
                bytes, origin: EventOrigin(file: "", modified: Date(), size: bytes.count))
        } catch {
            throw failure("that is no event: \(error)", Exit.badData)
        }
        // The first event may come before the first run.
        try? FileManager.default.createDirectory(atPath: configuration.router.queue, withIntermediateDirectories: false)
        do {
            _ = try EventDrop.drop(document, into: configuration.router.queue, name: "tocsin-\(id).json")
            if DirectoryLock.holder(of: configuration.router.queue) == nil {
                Terminal.complain("the router is not running: the event waits in \(configuration.router.queue) until it is")
            }
        } catch {
            throw failure(error.message, Exit.io)
        }
        return document["id"]?.string ?? id
    }
}
