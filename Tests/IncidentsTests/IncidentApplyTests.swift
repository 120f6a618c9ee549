// Merging: what an event does to its incident.

import Foundation
import JSON
import Testing

@testable import Incidents

@Suite struct IncidentApplyTests {
    @Test func theFirstEventMakesTheIncident() throws {
        let applied = try #require(Incident.apply(said(.escalation, ["title": "T"], at: -60), to: nil, now: noon))
        #expect(applied.incident.id == "INC1")
        #expect(applied.incident.text("title") == "T")
        #expect(applied.incident.openedAt == noon.addingTimeInterval(-60))
        #expect(applied.incident.level == 1)
        #expect(applied.incident.status == .open)
        #expect(!applied.isStale && !applied.reopens)
    }

    @Test func openedAtIsWhatIsSaid() {
        let incident = Incident.after(said(.update, ["opened_at": "2026-11-24T03:50:00Z"]))
        #expect(incident?.openedAt == Timestamp.parse("2026-11-24T03:50:00Z"))
        #expect(incident?.firstSeen == noon)
    }

    @Test func absentLeavesAndNullClears() {
        let incident = Incident.after(
            said(.update, ["title": "T", "service": "s", "eta": "x"]), said(.update, ["service": "t", "eta": .null], at: 1))
        #expect(incident?.members == ["title": "T", "service": "t"])
    }

    @Test func labelsMerge() {
        let incident = Incident.after(
            said(.update, ["labels": ["a": "1", "b": "2"]]), said(.update, ["labels": ["b": .null, "c": 3]], at: 1))
        #expect(incident?.members["labels"] == ["a": "1", "c": 3])
        #expect(incident?.label("c") == "3")
        #expect(incident?.label("b") == nil)
        #expect(Incident.after(said(.update, ["labels": .null], at: 2), from: incident)?.members["labels"] == nil)
    }

    @Test func previousIsTheValueBefore() {
        let open = Incident.after(said(.statusChange, ["status": "open", "severity": "low", "team": "a"]))
        func previous(_ event: Event) -> String? { Incident.apply(event, to: open, now: noon)?.previous }
        #expect(previous(said(.statusChange, ["status": "resolved"], at: 1)) == "open")
        #expect(previous(said(.severityChange, ["severity": "high"], at: 1)) == "low")
        #expect(previous(said(.assignment, ["team": "b"], at: 1, change: Change(field: "team", to: "b"))) == "a")
        #expect(previous(said(.update, at: 1)) == nil)
    }

    @Test func anOlderWordOfTheSameSourceIsStale() throws {
        let start = Incident.after(said(.statusChange, ["status": "resolved"], at: -10))
        let late = said(.statusChange, ["status": "open", "title": "old"], at: -20)
        let applied = try #require(Incident.apply(late, to: start, now: noon))
        #expect(applied.isStale)
        #expect(applied.incident == start)
        // The same moment is not older.
        let same = try #require(Incident.apply(said(.statusChange, ["status": "closed"], at: -10), to: start, now: noon))
        #expect(!same.isStale)
        #expect(same.incident.status == .closed)
    }

    @Test func anotherSourceIsNotMeasuredByThat() throws {
        let start = Incident.after(said(.statusChange, ["status": "resolved"], at: -10))
        let other = said(.statusChange, ["status": "open"], at: -20, by: "b")
        let applied = try #require(Incident.apply(other, to: start, now: noon))
        #expect(!applied.isStale)
        #expect(applied.reopens)
    }

    @Test func anotherFieldIsNotMeasuredByThat() throws {
        let start = Incident.after(said(.statusChange, ["status": "resolved"], at: -10))
        let severity = try #require(Incident.apply(said(.severityChange, ["severity": "high"], at: -20), to: start, now: noon))
        #expect(!severity.isStale)
        #expect(severity.incident.text("severity") == "high")
        #expect(severity.incident.status == .resolved)
    }

    /// An event that is not stale may still carry a member that is: only that one is passed over.
    @Test func oldMembersArePassedOver() throws {
        let start = Incident.after(said(.severityChange, ["severity": "low", "title": "new"], at: -10))
        let status = said(.statusChange, ["status": "on_hold", "severity": "critical", "service": "s"], at: -20)
        let applied = try #require(Incident.apply(status, to: start, now: noon))
        #expect(!applied.isStale)
        #expect(applied.incident.members == ["severity": "low", "title": "new", "status": "on_hold", "service": "s"])
        #expect(applied.incident.updated == noon.addingTimeInterval(-10))
    }

    @Test func withoutATimeArrivalIsTheOrder() {
        let incident = Incident.after(
            said(.statusChange, ["status": "resolved"], at: 0), said(.statusChange, ["status": "open"], at: nil))
        #expect(incident?.status == .open)
    }

    /// A clock that is more than five minutes ahead does not lock out what comes after it.
    @Test func aTimeFarAheadCountsAsArrival() throws {
        let ahead = said(.statusChange, ["status": "on_hold"], at: 3_600)
        let start = try #require(Incident.apply(ahead, to: nil, now: noon))
        #expect(start.incident.updated == noon)
        #expect(start.incident.firstSeen == noon)
        let next = said(.statusChange, ["status": "resolved"], at: 30)
        let applied = try #require(Incident.apply(next, to: start.incident, now: noon.addingTimeInterval(30)))
        #expect(!applied.isStale)
        #expect(applied.incident.status == .resolved)
        // Within five minutes the time is believed.
        let near = try #require(Incident.apply(said(.statusChange, ["status": "on_hold"], at: 300), to: nil, now: noon))
        #expect(Incident.apply(next, to: near.incident, now: noon)?.isStale == true)
    }

    /// Times with fractions compare the same after the incident has been stored.
    @Test func fractionsSurviveTheLedger() throws {
        let text = #"{"type":"status_change","time":"2026-11-24T11:58:00.123457Z","source":"a","incident":{"id":"I","status":"open"}}"#
        let first = try parse(text)
        let start = try #require(Incident.apply(first, to: nil, now: noon)?.incident)
        let stored = try #require(Incident(json: JSONValue.parse(bytes: start.json.bytes)))
        #expect(stored == start)
        #expect(Incident.apply(try parse(text.replacing("open", with: "closed")), to: stored, now: noon)?.isStale == false)
    }

    @Test func acknowledgement() {
        let by = Change(by: "bob")
        let acknowledged = Incident.after(said(.escalation), said(.acknowledgement, at: 1, change: by))
        #expect(acknowledged?.acknowledged == true)
        #expect(acknowledged?.acknowledgedBy == "bob")
        for status in ["acknowledged", "in_progress"] {
            let incident = Incident.after(said(.statusChange, ["status": .string(status)], change: by))
            #expect(incident?.acknowledged == true)
            #expect(incident?.acknowledgedBy == "bob")
        }
        // It is a fact beside the status: other statuses leave it.
        #expect(Incident.after(said(.statusChange, ["status": "on_hold"], at: 2), from: acknowledged)?.acknowledged == true)
        #expect(Incident.after(said(.update, at: 2), from: acknowledged)?.acknowledgedBy == "bob")
        let again = Incident.after(said(.escalation, ["status": "in_progress"], at: 3), from: acknowledged)
        #expect(again?.acknowledged == false)
        #expect(again?.acknowledgedBy == nil)
        #expect(again?.level == 2)
    }

    @Test(arguments: ["resolved", "closed"]) func reopening(ended: String) throws {
        let start = Incident.after(
            said(.acknowledgement, at: 0, change: Change(by: "bob")), said(.statusChange, ["status": .string(ended)], at: 1))
        #expect(start?.isOpen == false)
        #expect(start?.acknowledged == true)
        let reopened = try #require(Incident.apply(said(.statusChange, ["status": "open"], at: 2), to: start, now: noon))
        #expect(reopened.reopens)
        #expect(reopened.incident.reopened)
        #expect(!reopened.incident.acknowledged)
        // Only a status reopens, and only once.
        #expect(Incident.apply(said(.escalation, at: 2), to: start, now: noon)?.reopens == false)
        #expect(Incident.apply(said(.statusChange, ["status": "on_hold"], at: 3), to: reopened.incident, now: noon)?.reopens == false)
        // Somebody else has it now, whoever had it before.
        let taken = try #require(Incident.apply(said(.statusChange, ["status": "in_progress"], at: 2), to: start, now: noon))
        #expect(taken.incident.acknowledged)
        #expect(taken.incident.acknowledgedBy == nil)
    }

    @Test func jsonRoundTrip() throws {
        let incident = try #require(
            Incident.after(
                said(.escalation, ["title": "T", "labels": ["a": 1], "custom": [1, .null]], at: -5),
                said(.acknowledgement, at: -4, by: "b", change: Change(by: "bob")),
                said(.statusChange, ["status": "resolved"], at: -3), said(.statusChange, ["status": "open"], at: nil, by: "c")))
        #expect(try Incident(json: JSONValue.parse(bytes: incident.json.bytes)) == incident)
        let fresh = Incident(id: "I", firstSeen: noon)
        #expect(Incident(json: fresh.json) == fresh)
        #expect(Incident(json: "x") == nil)
        #expect(Incident(json: ["id": "I"]) == nil)
    }

    @Test func severityOnTheScale() {
        let scale = SeverityScale.standard
        let assumed = scale.mostUrgent
        func severity(_ value: JSONValue) -> String? {
            Incident.after(said(.update, ["severity": value]))?.severity(on: scale, assumed: assumed).name
        }
        #expect(severity("low") == "low")
        #expect(severity("p2") == "high")
        #expect(severity("gone") == "critical")
        #expect(severity(.null) == "critical")
        #expect(scale.all.filter(scale.mustBeHeard).map(\.name) == ["critical", "high"])
    }
}
