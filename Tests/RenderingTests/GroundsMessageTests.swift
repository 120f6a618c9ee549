// Why Tocsin decided something, what it says of monitors and of itself: in the reader's language, and with people's names.

import Foundation
import Incidents
import JSON
import Testing

@testable import Rendering

@Suite struct GroundsMessageTests {
    private static let names = ["ana": "Ana Lima", "ben": "Ben Ode"]

    private func render(
        _ type: EventType, _ kind: ChannelKind, _ language: String? = nil, _ change: (inout RenderRequest) -> Void
    ) -> String {
        PeopleMessageTests.render(
            { request in
                request.displayName = { Self.names[$0] }
                change(&request)
            }, type, kind, language)
    }

    @Test(arguments: ChannelKind.allCases) func peopleAreCalledByTheirNames(kind: ChannelKind) {
        func by(_ request: inout RenderRequest) {
            request.event.change.by = "ben"
            request.incident?.acknowledged = true
            request.incident?.acknowledgedBy = "ben"
            request.incident?.members["assignee"] = "ana"
        }
        let acknowledged = render(.acknowledgement, kind, nil, by)
        PeopleMessageTests.expect(["Acknowledged by Ben Ode"], in: acknowledged)
        #expect(!acknowledged.contains(" ben"))
        func assigned(_ request: inout RenderRequest) { request.event.change = Change(field: "assignee", from: "ben", to: "ana") }
        PeopleMessageTests.expect(["Assigned to Ana Lima"], in: render(.assignment, kind, nil, assigned))
        let theirs = render(.assignment, kind) {
            assigned(&$0)
            $0.person = "ana"
        }
        PeopleMessageTests.expect(["INC0012345 is yours now"], in: theirs)
        let old = render(.assignment, kind) {
            assigned(&$0)
            $0.person = "ben"
        }
        PeopleMessageTests.expect(["it is with Ana Lima"], in: old)
        // Of two members at once, the change names none.
        let relieved = render(.assignment, kind) {
            $0.event.change = Change()
            $0.event.incident?.members["assignee"] = "ana"
            $0.person = "ben"
            $0.routes = ["assignment.old"]
        }
        PeopleMessageTests.expect(["INC0012345 is not yours any more; it is with Ana Lima"], in: relieved)
    }

    /// Whoever is told for another reason than the lead reads who leads.
    @Test(arguments: ChannelKind.allCases) func eachReadsWhatTheyWereGiven(kind: ChannelKind) {
        func text(_ given: String?, _ language: String? = nil, lead: Bool = true) -> String {
            render(.assignment, kind, language) {
                $0.event.source = lead ? Event.ownSource : "monitor"
                $0.event.change =
                    lead ? Change(field: "communication_lead", to: "ben") : Change(field: "assignee", from: nil, to: "ana")
                $0.person = "eva"
                $0.given = given
            }
        }
        PeopleMessageTests.expect(["Ben Ode leads communication now"], in: text(nil))
        PeopleMessageTests.expect(["Ben Ode hat jetzt die Kommunikationsleitung"], in: text(nil, "de"))
        PeopleMessageTests.expect(["You are the communication lead for INC0012345"], in: text("communication_lead"))
        PeopleMessageTests.expect(["INC0012345 is with your team network now, assigned to Ana Lima"], in: text("team", lead: false))
        PeopleMessageTests.expect(
            ["INC0012345 liegt jetzt bei Ihrem Team network, zugewiesen an Ana Lima"], in: text("team", "de", lead: false))
        PeopleMessageTests.expect(["You are scribe for INC0012345 now"], in: text("scribe", lead: false))
        PeopleMessageTests.expect(["Assigned to Ana Lima"], in: text(nil, lead: false))
    }

    @Test(arguments: [ChannelKind.slack, .teams, .email]) func reasonsAreSaidInTheReadersLanguage(kind: ChannelKind) {
        func lead(_ request: inout RenderRequest) {
            request.event.source = Event.ownSource
            request.event.change = Change(field: "communication_lead", to: "ben", reason: "next for critical; ana is away")
            request.event.document = [Ground.member: .array([Ground(.next, "critical").json, Ground(.away, "ana").json])]
            request.person = "ben"
        }
        PeopleMessageTests.expect(["Chosen by Tocsin: next for critical; Ana Lima is away"], in: render(.assignment, kind, nil, lead))
        PeopleMessageTests.expect(
            ["Von Tocsin bestimmt: an nächster Stelle für critical; Ana Lima ist abwesend"], in: render(.assignment, kind, "de", lead))
        func response(_ request: inout RenderRequest) {
            request.event.source = Event.ownSource
            request.event.change = Change(field: "assignee", to: "ben", reason: "response 2: category is network")
            request.event.document = [
                Ground.member: .array([Ground(.response, "2").json, Ground(.condition, "category", other: "network").json])
            ]
        }
        PeopleMessageTests.expect(["Assigned by response 2: category is network"], in: render(.assignment, kind, nil, response))
        let german = render(.assignment, kind, "de", response)
        PeopleMessageTests.expect(["Zugewiesen durch Zuständigkeitsregel 2: Kategorie ist network"], in: german)
        #expect(!german.contains("response"))
    }

    /// Somebody else's reason is theirs, whatever their document says.
    @Test func whatOthersWriteIsLeftAsItIs() {
        let text = render(.acknowledgement, .email, "de") {
            $0.event.change.reason = "I have it"
            $0.event.document = [Ground.member: .array([Ground(.away, "ana").json])]
        }
        PeopleMessageTests.expect(["I have it"], in: text)
        #expect(!text.contains("abwesend"))
    }

    @Test func everyGroundHasWordsInBothLanguages() {
        for code in Ground.Code.allCases {
            var texts: [String] = []
            for language in ["en", "de"] {
                var request = Samples.request(.assignment, .email)
                request.language = language
                request.event.source = Event.ownSource
                request.event.document = [
                    Ground.member: .array([Ground(code, "ana", other: "ben", until: Samples.now.addingTimeInterval(3_600)).json])
                ]
                request.displayName = { Self.names[$0] }
                texts.append(Words.grounds(Facts(request, limit: 500)) ?? "")
            }
            #expect(!texts[0].isEmpty && !texts[1].isEmpty && texts[0] != texts[1], "\(code)")
        }
    }

    @Test(arguments: ChannelKind.allCases) func aSignOfLife(kind: ChannelKind) {
        func beat(_ request: inout RenderRequest) {
            request.template = "heartbeat"
            request.event.source = Event.ownSource
            request.event.change = Change(field: "heartbeat")
            request.event.message = "Tocsin is alive. 2 incidents are open, the queue is empty, nothing is dead."
            request.event.document = ["signs": ["open": 2, "queued": 0, "overdue": 0, "dead": 1]]
        }
        PeopleMessageTests.expect(
            ["Tocsin is alive. 2 incidents are open, the queue is empty, 1 message was given up."], in: render(.reminder, kind, nil, beat))
        PeopleMessageTests.expect(
            ["Tocsin läuft. 2 Störungen sind offen, die Warteschlange ist leer, 1 Nachricht wurde aufgegeben."],
            in: render(.reminder, kind, "de", beat))
    }

    @Test(arguments: [ChannelKind.slack, .teams, .email]) func aDeadMan(kind: ChannelKind) {
        func silent(_ request: inout RenderRequest) {
            request.event.source = Event.ownSource
            request.event.message = "watchdog was last heard at 03:38 UTC, 20m ago."
            request.event.document = [
                "monitor": ["name": "watchdog", "state": "silent", "at": "2026-11-24T03:38:00Z", "silence": 1_200]
            ]
            request.incident?.members["title"] = "Nothing heard of watchdog for 15m"
            request.incident?.members["dead_man"] = ["name": "watchdog", "after": 900, "title": "Nothing heard of watchdog for 15m"]
        }
        PeopleMessageTests.expect(["watchdog was last heard at 03:38 GMT, 20 min ago."], in: render(.escalation, kind, nil, silent))
        let german = render(.escalation, kind, "de", silent)
        PeopleMessageTests.expect(
            ["Seit 15 min nichts von watchdog gehört", "watchdog hat sich zuletzt um 03:38 Uhr GMT gemeldet, vor 20 min."], in: german)
        #expect(!german.contains("Nothing heard"))
        // A title that somebody gave it is theirs.
        let renamed = render(.escalation, kind, "de") {
            silent(&$0)
            $0.incident?.members["title"] = "Prometheus is down"
        }
        PeopleMessageTests.expect(["Prometheus is down"], in: renamed)
    }

    @Test(arguments: ChannelKind.allCases) func whatNobodyHasTouched(kind: ChannelKind) {
        func list(_ request: inout RenderRequest) {
            request.event.source = Event.ownSource
            request.event.change = Change(field: "neglected")
            request.event.document = [
                "neglected": [
                    "count": 14, "incidents": [["id": "INC1", "title": "The printer jams", "severity": "low", "seconds": 2_592_000]],
                ]
            ]
        }
        let text = render(.operations, kind, nil, list)
        PeopleMessageTests.expect(["14 incidents are open, and nobody has touched them"], in: text)
        if kind != .sms {
            PeopleMessageTests.expect(["INC1 The printer jams (low): untouched for 30 d", "and 13 more", "tocsin incidents"], in: text)
        }
        PeopleMessageTests.expect(["14 Störungen sind offen"], in: render(.operations, kind, "de", list))
    }

    @Test func anEndThatCameMeanwhile() {
        func ended(_ request: inout RenderRequest) { request.endedMeanwhile = (.resolved, Samples.date("2026-11-24T03:55:00Z")) }
        PeopleMessageTests.expect(
            ["The incident was resolved at 03:55 GMT, while this message waited."], in: render(.escalation, .email, nil, ended))
        PeopleMessageTests.expect(["Während diese Nachricht wartete", "behoben um 03:55"], in: render(.escalation, .email, "de", ended))
    }
}
