import Foundation
import Incidents
import JSON
import Testing

@testable import Adapters

@Suite struct HostileBodyTests {
    @Test func tenThousandAlerts() throws {
        let alerts = (0..<10_000).map {
            #"{"status":"firing","labels":{"n":"\#($0)"},"startsAt":"2026-11-24T03:50:00Z","fingerprint":"\#($0)"}"#
        }
        let body = try json(#"{"alerts":[\#(alerts.joined(separator: ","))]}"#)
        let adaptation = try #require(Adapter.shipped("alertmanager")).events(from: body, scale: .standard)
        #expect(adaptation.events.count == 10_000)
        #expect(Set(adaptation.events.compactMap { $0["id"]?.string }).count == 10_000)
    }

    @Test func moreItemsThanAreTaken() throws {
        let body: JSONValue = ["alerts": .array(Array(repeating: 1, count: Adapter.maximumItems + 1))]
        #expect(throws: AdapterFault.self) { try Adapter.shipped("alertmanager")?.events(from: body, scale: .standard) }
    }

    /// What is small in the body and copied into each event must not become large.
    @Test func copiesHaveABound() throws {
        let mine = try adapter(
            #"""
            version: 1
            each: items
            rules:
              - event: {type: update, id: "{{id}}", message: "{{$body.text}}", incident: {id: "{{id}}", description: "{{$body.text}}", title: "{{$body.text}}", impact: "{{$body.text}}"}}
            """#)
        let items = (0..<5_000).map { JSONValue.object(["id": .integer($0)]) }
        let body: JSONValue = ["text": .string(String(repeating: "x", count: 500_000)), "items": .array(items)]
        do {
            _ = try mine.events(from: body, scale: .standard)
            Issue.record("gigabytes of events")
        } catch {
            #expect(error.code == .tooLarge)
        }
    }

    @Test func faultsAndNotesHaveABound() throws {
        let body: JSONValue = [
            "alerts": .array((0..<5_000).map { $0 % 2 == 0 ? 1 : ["status": "firing", "fingerprint": .integer($0), "startsAt": "x"] })
        ]
        let adaptation = try #require(Adapter.shipped("alertmanager")).events(from: body, scale: .standard)
        #expect(adaptation.faults.count == Adaptation.limit && adaptation.notes.count == Adaptation.limit)
        #expect(adaptation.events.count == 2_500)
    }

    static let spoilers: [JSONValue] = [
        .null, true, 7, -1, "", "x\r\nBcc: spy@evil.example", "<!channel> <script>alert(1)</script> {{incident}} ../../etc/passwd",
        .string(String(repeating: "\u{202E}a", count: 10_000)), [], [[]], [1, "a", ["b": "c"]], [:], ["display_value": ["x": 1]],
        ["value": "v"],
    ]

    /// Each member of each payload in turn is something else. Whatever comes of it is an event that Tocsin takes, or a fault.
    @Test(arguments: Sample.all) func membersOfEveryOtherKind(sample: Sample) throws {
        let shipped = try #require(Adapter.shipped(sample.provider))
        let parser = EventParser(scale: .standard)
        let body = try sample.json()
        for spoiled in Self.spoiled(body) {
            guard let adaptation = try? shipped.events(from: spoiled, scale: .standard) else { continue }
            for document in adaptation.events {
                let event = try parser.event(from: document, origin: EventOrigin(file: "x", modified: .distantPast, size: 0))
                #expect(!event.id.hasPrefix("content-"))
            }
        }
    }

    private static func spoiled(_ value: JSONValue) -> [JSONValue] {
        switch value {
        case .object(let members):
            return spoilers
                + members.flatMap { name, member in
                    spoiled(member).map { JSONValue.object(members.merging([name: $0]) { _, new in new }) }
                }
        case .array(let elements):
            return spoilers
                + elements.enumerated().flatMap { index, element in
                    spoiled(element).map { spoiled in
                        var copy = elements
                        copy[index] = spoiled
                        return JSONValue.array(copy)
                    }
                }
        default: return spoilers
        }
    }

    @Test func deepNesting() throws {
        var value: JSONValue = "x"
        for _ in 0..<60 { value = ["a": value] }
        #expect(throws: AdapterFault.self) { try Adapter.shipped("jira")?.events(from: value, scale: .standard) }
        let body: JSONValue = ["alerts": [["status": "firing", "fingerprint": "f", "startsAt": "x", "labels": ["severity": "low"]]]]
        #expect(try Adapter.shipped("alertmanager")?.events(from: body, scale: .standard).events.count == 1)
    }
}
