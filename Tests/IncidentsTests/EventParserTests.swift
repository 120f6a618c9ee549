// What is accepted, and what comes out of it.

import Foundation
import JSON
import Testing

@testable import Incidents

@Suite struct EventParserTests {
    static let accepted: [(String, EventType)] = [
        (#"{"type":"escalation","incident":{"id":"I"}}"#, .escalation),
        (#"{"type":"Escalation","incident":{"id":"I","severity":"SEV2"}}"#, .escalation),
        (#"{"type":"status_change","incident":{"id":"I","status":"In Progress"}}"#, .statusChange),
        (#"{"type":"status_change","incident":{"id":"I"},"change":{"to":"resolved"}}"#, .statusChange),
        (#"{"type":"severity_change","incident":{"id":"I","severity":"p1"}}"#, .severityChange),
        (#"{"type":"severity_change","incident":{"id":"I"},"change":{"from":1,"to":2}}"#, .severityChange),
        (#"{"type":"assignment","incident":{"id":"I","team":"network"}}"#, .assignment),
        (#"{"type":"assignment","incident":{"id":"I","assignee":"bob"}}"#, .assignment),
        (#"{"type":"assignment","incident":{"id":"I"},"change":{"field":"communication_lead","to":"bob"}}"#, .assignment),
        (#"{"type":"acknowledgement","incident":{"id":"I"},"change":{"by":"bob"}}"#, .acknowledgement),
        (#"{"type":"update","incident":{"id":"I"},"message":"m"}"#, .update),
        (#"{"type":"broadcast","broadcast":{"audience":["leadership"],"message":"m","corrects":null}}"#, .broadcast),
        (#"{"type":"broadcast","incident":{"id":"I"},"broadcast":{"audience":["a"],"message":"m","match":{}}}"#, .broadcast),
        (#"{"type":"approval","approval":{"broadcast":"b1","by":"bob","decision":"Approve"}}"#, .approval),
        (#"{"type":"subscription","subscription":{"action":"subscribe","who":"bob","match":{"service":"pay*"}}}"#, .subscription),
        (#"{"type":"subscription","subscription":{"action":"unsubscribe","who":{"email":"x@example.com"}}}"#, .subscription),
        (#"{"type":"silence","silence":{"match":{"severity":"*"},"until":"2026-11-24T18:00:00Z"}}"#, .silence),
        (#"{"type":"silence","silence":{"id":"x1","action":"end"}}"#, .silence),
        (#"{"type":"absence","absence":{"who":"bob","until":"2026-11-24T06:00:00Z","deputy":"eve"}}"#, .absence),
    ]

    @Test(arguments: Self.accepted) func types(text: String, type: EventType) throws {
        let event = try parse(text)
        #expect(event.type == type)
        #expect(event.document == (try JSONValue.parse(text.utf8)))
        #expect(event.source == "unknown")
        #expect(event.time == noon)
        #expect(!event.timeIsExplicit)
    }

    @Test func everyProducersTypeIsInTheTable() {
        #expect(Set(Self.accepted.map(\.1)) == Set(EventType.allCases.filter { !$0.isReserved }))
    }

    @Test func members() throws {
        let event = try parse(
            """
            {"id":"e1","type":"escalation","time":"2026-11-24T03:58:00+01:00","source":"monitor","message":"m","extra":{"x":1},
             "incident":{"id":"INC1","title":"T","severity":"P1","status":"IN-PROGRESS","opened_at":"2026-11-24T04:50:00.5+01:00",
               "eta":null,"labels":{"region":"eu","n":1,"gone":null},"custom":[1]},
             "change":{"field":"level","from":1,"to":2,"reason":"r","by":"b"}}
            """)
        #expect(event.id == "e1")
        #expect(event.source == "monitor")
        #expect(event.time == Timestamp.parse("2026-11-24T02:58:00Z"))
        #expect(event.timeIsExplicit)
        #expect(event.message == "m")
        #expect(event.change == Change(field: "level", from: "1", to: "2", reason: "r", by: "b"))
        #expect(
            event.incident
                == IncidentPatch(
                    id: "INC1",
                    members: [
                        "title": "T", "severity": "critical", "status": "in_progress", "opened_at": "2026-11-24T03:50:00.500Z",
                        "eta": .null, "labels": ["region": "eu", "n": 1, "gone": .null], "custom": [1],
                    ]))
        #expect(event.document["extra"]?["x"] == 1)
        #expect(event.payload == nil)
    }

    /// `change` says what is new; the incident's members may still show the state before.
    @Test func changeWinsOverTheIncident() throws {
        let status = try parse(
            #"{"type":"status_change","incident":{"id":"I","status":"open"},"change":{"from":"OPEN","to":"On Hold"}}"#)
        #expect(status.incident?.members["status"] == "on_hold")
        #expect(status.change == Change(from: "open", to: "on_hold"))
        let severity = try parse(
            #"{"type":"severity_change","incident":{"id":"I","severity":"low"},"change":{"field":"Severity","from":"p3","to":"p1"}}"#)
        #expect(severity.incident?.members["severity"] == "critical")
        #expect(severity.change == Change(field: "severity", from: "medium", to: "critical"))
        let lead = try parse(#"{"type":"assignment","incident":{"id":"I"},"change":{"field":"Communication_Lead","to":"bob"}}"#)
        #expect(lead.incident?.members["communication_lead"] == "bob")
        #expect(lead.subjectMember == "communication_lead")
    }

    /// A producer's own name for the field does not hide what changed.
    @Test func otherNamesOfTheField() throws {
        let state = try parse(#"{"type":"status_change","incident":{"id":"I"},"change":{"field":"state","to":"resolved"}}"#)
        #expect(state.incident?.members["status"] == "resolved")
        #expect(state.change.field == "state")
        let priority = try parse(#"{"type":"severity_change","incident":{"id":"I"},"change":{"field":"priority","to":"P2"}}"#)
        #expect(priority.change.to == "high")
        let level = try parse(#"{"type":"escalation","incident":{"id":"I"},"change":{"field":"level","from":1,"to":2}}"#)
        #expect(level.incident?.members == [:])
    }

    @Test func nullInChangeIsAbsent() throws {
        let event = try parse(
            #"{"type":"update","incident":{"id":"I"},"message":"m","change":{"field":null,"from":null,"to":null,"by":null}}"#)
        #expect(event.change == Change())
        #expect(try parse(#"{"type":"update","incident":{"id":"I"},"message":"m","change":null,"id":null}"#).change == Change())
    }

    @Test(arguments: ["approval", "subscription", "silence", "absence"]) func anIncidentBesideAWishIsNotMoved(type: String) throws {
        let row = try #require(Self.accepted.first { $0.1.rawValue == type })
        let text = row.0.dropLast() + #","incident":{"id":"I","status":"resolved"}}"#
        let event = try parse(String(text))
        #expect(event.incident == nil)
        #expect(event.payload != nil)
        #expect(Incident.apply(event, to: nil, now: noon) == nil)
    }

    @Test func reservedTypesAreTocsinsOwn() throws {
        let own = EventParser(scale: .standard, allowsReservedTypes: true)
        for type in EventType.allCases where type.isReserved {
            let text = #"{"type":"\#(type.rawValue)","incident":{"id":"I"}}"#
            #expect(rejection(text)?.code == .reservedType)
            #expect(try parse(text, by: own).type == type)
        }
    }

    @Test func cloudEvents() throws {
        let event = try parse(
            """
            {"specversion":"1.0","id":"ce1","source":"/monitor","type":"Tocsin.escalation","time":"2026-11-24T03:58:00Z",
             "datacontenttype":"application/json","traceparent":"t",
             "data":{"id":"inner","time":"1999-01-01T00:00:00Z","incident":{"id":"INC1","severity":"p1"},"message":"m"}}
            """)
        #expect(event.id == "ce1")
        #expect(event.source == "/monitor")
        #expect(event.type == .escalation)
        #expect(event.time == Timestamp.parse("2026-11-24T03:58:00Z"))
        #expect(event.incident == IncidentPatch(id: "INC1", members: ["severity": "critical"]))
        #expect(event.message == "m")
        #expect(event.document["traceparent"] == "t")
        #expect(event.document["incident"]?["id"] == "INC1")
        #expect(event.document["id"] == "ce1")
        #expect(event.document["data"] == nil)
        let bare = try parse(#"{"specversion":"1.0","id":"1","source":"s","type":"update","data":{"incident":{"id":"I"},"message":"m"}}"#)
        #expect(bare.type == .update)
        #expect(!bare.timeIsExplicit)
        // Without an envelope there is no prefix.
        #expect(rejection(#"{"type":"tocsin.update","incident":{"id":"I"},"message":"m"}"#)?.code == .unknownType)
    }

    @Test func idsUpToTheLimit() throws {
        let long = String(repeating: "é", count: 200)
        #expect(try parse(#"{"id":"\#(long)","type":"escalation","incident":{"id":"\#(long)"}}"#).id == long)
    }
}
