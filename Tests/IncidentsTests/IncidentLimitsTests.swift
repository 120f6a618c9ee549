// An incident stays small, whatever its events bring.

import Foundation
import JSON
import Testing

@testable import Incidents

@Suite struct IncidentLimitsTests {
    private static func text(_ count: Int) -> JSONValue { .string(String(repeating: "x", count: count)) }

    @Test func manyLargeEventsLeaveASmallIncident() {
        var incident: Incident?
        for number in 0..<60 {
            incident = Incident.after(
                said(.update, ["title": "T", "new\(number)": Self.text(900_000), "small\(number)": 1], at: Double(number)), from: incident)
        }
        #expect(incident?.text("title") == "T")
        #expect(incident?.members["small59"] == 1)
        #expect(incident?.members["new0"] == nil)
        #expect((incident?.json.bytes.count ?? .max) < 20_000)
    }

    @Test func aValueThatIsTooLargeIsNotKept() {
        // Two quotes belong to the JSON.
        let most = Incident.Limits.valueBytes - 2
        let start = Incident.after(said(.update, ["a": Self.text(most), "b": Self.text(most + 1)]))
        #expect(start?.members["a"] == Self.text(most))
        #expect(start?.members["b"] == nil)
        // Nor does the value before stay: it does not hold any more, and nothing older brings it back.
        let after = Incident.after(said(.update, ["a": Self.text(most + 1)], at: 5), said(.update, ["a": "old"], at: 2), from: start)
        #expect(after?.members["a"] == nil)
    }

    @Test func whatTocsinKnowsIsKeptWhole() {
        let incident = Incident.after(said(.update, ["description": Self.text(500_000)]))
        #expect(incident?.members["description"] == Self.text(500_000))
    }

    @Test func aHundredUnknownMembersAndNoMore() throws {
        let names = (100..<300).map { "m\($0)" }
        let all = Dictionary(uniqueKeysWithValues: names.map { ($0, JSONValue.integer(1)) })
        let start = try #require(Incident.after(said(.update, all.merging(["title": "T"]) { a, _ in a })))
        #expect(start.members.count == 101)
        #expect(start.members["m199"] == 1 && start.members["m200"] == nil)
        #expect(start.said["m200"] == nil)
        // Those that are there change, what is cleared makes room, and known ones always have it.
        let after = Incident.after(
            said(.update, ["m100": 2, "m101": .null], at: 1), said(.update, ["m250": 3, "m251": 3, "service": "s"], at: 2), from: start)
        #expect(after?.members["m100"] == 2)
        #expect(after?.members["m250"] == 3 && after?.members["m251"] == nil)
        #expect(after?.text("service") == "s")
        #expect(Incident.after(said(.update, [String(repeating: "n", count: 201): 1]))?.members == [:])
    }

    @Test func aHundredLabelsAndNoMore() throws {
        func labels(_ numbers: Range<Int>, _ value: JSONValue) -> JSONValue {
            .object(Dictionary(uniqueKeysWithValues: numbers.map { ("l\($0)", value) }))
        }
        let start = try #require(Incident.after(said(.update, ["labels": labels(100..<250, 1)])))
        #expect(start.members["labels"] == labels(100..<200, 1))
        let after = Incident.after(
            said(.update, ["labels": ["l100": .null, "l101": 2, "l300": 3, "l301": 4, "l102": Self.text(20_000)]], at: 1), from: start)
        #expect(after?.label("l101") == "2" && after?.label("l300") == "3")
        #expect(after?.label("l100") == nil && after?.label("l102") == nil)
        #expect(after?.label("l301") == "4")
        #expect(after?.members["labels"]?.object?.count == 100)
    }

    @Test func theOldestSourceIsForgotten() {
        var incident: Incident?
        for number in 0..<100 {
            incident = Incident.after(
                said(.statusChange, ["status": "open"], at: Double(number) - 200, by: "s\(number)"), from: incident)
        }
        #expect(incident?.said["status"]?.count == 64)
        #expect(incident?.said["status"]?["s35"] == nil)
        #expect(incident?.said["status"]?["s36"] != nil)
    }

    @Test func theHistoryOfFieldsIsBounded() {
        var incident: Incident?
        for number in 0..<300 {
            let change = Change(field: "field\(number)", to: "x")
            incident = Incident.after(
                said(.assignment, ["team": "t"], at: Double(number), change: change),
                said(.update, ["m\(number)": 1], at: Double(number)), said(.update, ["m\(number)": .null], at: Double(number)),
                from: incident)
        }
        #expect((incident?.said.count ?? .max) < 150)
        #expect(incident?.said["field299"] != nil && incident?.said["team"] != nil)
    }
}
