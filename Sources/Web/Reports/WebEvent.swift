// Events that somebody makes on the page: they go through the one door, like everybody else's.

import Foundation
import Incidents
import JSON
import Logging
import Router
import Routing
import Settings

/// An event in the making.
enum WebEvent {
    /// - Parameter members: beside the id, the type, the time and the source.
    static func make(_ type: EventType, _ members: [String: JSONValue], now: Date) -> JSONValue {
        var document = members
        document["type"] = .string(type.rawValue)
        document["id"] = .string(UUID().uuidString.lowercased())
        document["source"] = .string(FormRequest.source)
        document["time"] = .string(Timestamp.format(now))
        return .object(document)
    }

    /// An id that people can type: `s-1f0c9a2b`.
    static func shortID(_ letter: String) -> String { "\(letter)-" + UUID().uuidString.lowercased().prefix(8) }

    /// As the router would read it.
    static func parsed(_ document: JSONValue, _ setup: Setup, now: Date) throws(Rejection) -> Event {
        try setup.parser.event(from: document, origin: EventOrigin(file: "", modified: now, size: 0))
    }
}

extension RouterConfiguration {
    /// Whoever is signed in, as a person of `people` where they are one: only then can they be told, and known again.
    func person(_ identity: Identity) -> String {
        let id = table.person(meantBy: identity.name)
        return table.directory.people[id] == nil ? identity.name : id
    }
}

extension FormRequest {
    /// What `by` says of what they do.
    var by: String { house.setup.value.configuration.person(identity) }

    /// A line in the log, of what is done without an event: with the name of whoever did it.
    func note(_ message: String, _ metadata: Logger.Metadata) {
        house.logger.notice("\(message)", metadata: metadata.merging(["by": "\(identity.name)"]) { $1 })
    }

    /// Checks an event as the router would, drops it, and waits a moment until it is taken.
    ///
    /// - Throws: `PageFault` where it is no event, `SpoolError` where the queue takes nothing.
    func drop(_ type: EventType, _ members: [String: JSONValue], to path: String, said: String) async throws -> FormOutcome {
        try await drop(members.merging(["type": .string(type.rawValue)]) { $1 }, to: path, said: said)
    }

    /// A field that must be there.
    ///
    /// - Parameter missing: the key of what is said where it is not.
    func needed(_ name: String, _ missing: String) throws -> String {
        guard let text = field(name) else { throw PageFault(.unprocessableContent, words(missing)) }
        return text
    }

    /// Members `NAME-VALUE` of boxes that were ticked: the values.
    func ticked(_ name: String) -> [String] {
        fields.keys.filter { $0.hasPrefix("\(name)-") }.map { String($0.dropFirst(name.count + 1)) }.sorted()
    }
}
