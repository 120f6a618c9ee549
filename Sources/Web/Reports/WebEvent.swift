// Events that somebody makes on the page: they go through the one door, like everybody else's.

import Foundation
import Incidents
import JSON
import Router

/// An event in the making.
enum WebEvent {
    static let source = "tocsin-web"

    /// - Parameter members: beside the id, the type, the time and the source.
    static func make(_ type: EventType, _ members: [String: JSONValue], now: Date) -> JSONValue {
        var document = members
        document["type"] = .string(type.rawValue)
        document["id"] = .string(UUID().uuidString.lowercased())
        document["source"] = .string(source)
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

extension FormRequest {
    /// Checks an event as the router would, and drops it: when this returns, it is on the disk.
    ///
    /// - Throws: `PageFault` where it is no event, `SpoolError` where the queue takes nothing.
    func drop(_ type: EventType, _ members: [String: JSONValue]) async throws {
        let document = WebEvent.make(type, members, now: now)
        do {
            _ = try WebEvent.parsed(document, house.setup.value, now: now)
        } catch {
            throw PageFault(.unprocessableContent, error.message)
        }
        try await house.events.drop([document])
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
