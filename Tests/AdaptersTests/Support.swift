import Foundation
import Incidents
import JSON
import Testing

@testable import Adapters

/// A provider's recorded payload, and beside it the events that it must become.
struct Sample: CustomTestStringConvertible, Sendable {
    var provider: String
    var name: String

    var testDescription: String { "\(provider)/\(name)" }

    static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "Fixtures")

    static let all: [Sample] = Adapter.shippedNames.flatMap { provider in
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: provider).path)) ?? []
        return files.filter { $0.hasSuffix(".json") && !$0.hasSuffix(".events.json") }.sorted()
            .map { Sample(provider: provider, name: String($0.dropLast(5))) }
    }

    func json(_ ending: String = "json") throws -> JSONValue {
        let file = Self.folder.appending(path: "\(provider)/\(name).\(ending)")
        return try JSONValue.parse(bytes: Array(try Data(contentsOf: file)))
    }

    func events() throws -> [JSONValue] {
        try #require(Adapter.shipped(provider)).events(from: try json(), scale: .standard).events
    }
}

func json(_ text: String) throws -> JSONValue { try JSONValue.parse(bytes: Array(text.utf8)) }

/// An adapter from its text, which must be right.
func adapter(_ text: String) throws -> Adapter {
    let reading = Adapter.read(text, path: "mine.yaml")
    return try #require(reading.adapter, "\(reading.diagnostics)")
}

/// An adapter with one rule.
func adapter(event: String, incident: String = "id: \"{{id}}\"") throws -> Adapter {
    try adapter(
        """
        version: 1
        rules:
          - event:
              \(event)
              id: "{{id}}"
              type: update
              message: Something happened
              incident:
                \(incident.replacing("\n", with: "\n        "))
        """)
}

extension JSONValue {
    /// `incident.labels.x`, or nil.
    subscript(at path: String) -> JSONValue? {
        path.split(separator: ".").reduce(Optional(self)) { $0?[String($1)] }
    }
}

/// What the incidents are after the events of some samples, one after the other.
func told(_ provider: String, _ names: [String]) throws -> [String: Incident] {
    var incidents: [String: Incident] = [:]
    let parser = EventParser(scale: .standard)
    let arrival = try #require(Timestamp.parse("2026-11-24T05:00:00Z"))
    for name in names {
        for document in try Sample(provider: provider, name: name).events() {
            let event = try parser.event(from: document, origin: EventOrigin(file: "x.json", modified: arrival, size: 1))
            let id = try #require(event.incident?.id)
            let application = try #require(Incident.apply(event, to: incidents[id], now: arrival))
            #expect(!application.isStale, "\(name) is stale")
            incidents[id] = application.incident
        }
    }
    return incidents
}
