// An event in the making: what the commands that say something have in common. It is dropped into the queue like
// everybody else's, whether the router runs or not.

import Foundation
import Incidents
import JSON
import Settings
import Spool

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

    /// An id that people can type: `s-1f0c9a2b`.
    static func shortID(_ letter: String) -> String { "\(letter)-" + UUID().uuidString.lowercased().prefix(8) }

    /// Checked as the router would.
    func parsed(_ configuration: RouterConfiguration) throws -> Event {
        do {
            return try read(configuration)
        } catch {
            throw failure("that is no event: \(error)", Exit.badData)
        }
    }

    /// The same; nil where the file that says which severities there are has mistakes, and this one is not among those that
    /// could be read: a router that runs may know it.
    func checked(_ configuration: RouterConfiguration) throws -> Event? {
        do {
            return try read(configuration)
        } catch {
            if configuration.isPartial, error.code == .unknownSeverity { return nil }
            throw failure("that is no event: \(error)", Exit.badData)
        }
    }

    private func read(_ configuration: RouterConfiguration) throws(Rejection) -> Event {
        let bytes = document.bytes
        return try EventParser(scale: configuration.scale).parse(
            bytes, origin: EventOrigin(file: "", modified: Date(), size: bytes.count))
    }

    static func isRouterRunning(_ configuration: RouterConfiguration) -> Bool {
        DirectoryLock.holder(of: configuration.router.queue) != nil
    }

    /// Checks the event as the router would, and drops it.
    ///
    /// - Returns: its id.
    @discardableResult
    func drop(into configuration: RouterConfiguration) throws -> String {
        _ = try checked(configuration)
        var hinter = EventHinter()
        for hint in hinter.hints(in: document) { Terminal.complain("note: \(Terminal.clean("\(hint)"))") }
        // The first event may come before the first run.
        try? FileManager.default.createDirectory(atPath: configuration.router.queue, withIntermediateDirectories: false)
        do {
            _ = try EventDrop.drop(document, into: configuration.router.queue, name: "tocsin-\(id).json")
            if !Self.isRouterRunning(configuration) {
                Terminal.complain("the router is not running: the event waits in \(configuration.router.queue) until it is")
            }
        } catch {
            throw failure(error.message, Exit.io)
        }
        return document["id"]?.string ?? id
    }
}
