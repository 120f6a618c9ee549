import Foundation
import Incidents
import JSON
import Testing

@testable import Rendering

@Suite struct PeopleMessageTests {
    static func render(_ change: (inout RenderRequest) -> Void, _ type: EventType, _ kind: ChannelKind, _ language: String? = nil) -> String
    {
        var request = Samples.request(type, kind)
        request.language = language
        change(&request)
        let message = TemplateLibrary.builtIn.render(request)
        #expect(message.degraded == nil)
        #expect(ProviderRules.faults(message) == [], "\(type) \(kind)")
        if let sms = message.sms { #expect(SMSText.segments(sms).count <= 3) }
        return message.preview
    }

    static func expect(_ facts: [String], in text: String) {
        for fact in facts { #expect(text.contains(fact), "\(fact) is not in:\n\(text)") }
    }

    @Test(arguments: ChannelKind.allCases)
    func assignments(kind: ChannelKind) {
        func new(_ request: inout RenderRequest) {
            request.person = "duty-engineer"
            request.origin = "responsibility"
            request.incident?.members["checklist"] = ["Look at the database", "Call the vendor"]
        }
        let text = Self.render(new, .assignment, kind)
        Self.expect(["INC0012345 is yours now: Payments API failing"], in: text)
        if kind != .sms { Self.expect(["First steps:", "Look at the database", "Acknowledge: tocsin ack INC0012345"], in: text) }
        Self.expect(["INC0012345 liegt jetzt bei Ihnen: Payments API failing"], in: Self.render(new, .assignment, kind, "de"))
        let old = Self.render({ $0.person = "service-owner" }, .assignment, kind)
        Self.expect(["INC0012345 is not yours any more; it is with duty-engineer: Payments"], in: old)
        if kind != .sms { Self.expect(["Nothing to do."], in: old) }
        #expect(!old.contains("INC0012345 INC0012345") && !old.contains("· INC0012345 is"))
        Self.expect(["Assigned to duty-engineer"], in: Self.render({ _ in }, .assignment, kind))
    }

    @Test(arguments: ChannelKind.allCases)
    func theCommunicationLead(kind: ChannelKind) {
        func lead(_ request: inout RenderRequest) {
            request.event.source = Event.ownSource
            request.event.change = Change(field: "communication_lead", from: "ana", to: "bob", reason: "first who is awake")
            request.person = "bob"
        }
        Self.expect(
            ["You are the communication lead for INC0012345, because it is critical"]
                + (kind == .sms ? [] : ["Tell the stakeholders", "Chosen by Tocsin: first who is awake"]),
            in: Self.render(lead, .assignment, kind))
        let relieved = Self.render(
            {
                lead(&$0)
                $0.person = "ana"
            }, .assignment, kind)
        Self.expect(["You are not the communication lead for INC0012345 any more; it is bob"], in: relieved)
    }

    @Test(arguments: ChannelKind.allCases)
    func handOvers(kind: ChannelKind) {
        func turn(_ request: inout RenderRequest) {
            request.incident = nil
            request.event.incident = nil
            request.severity = nil
            request.event.source = Event.ownSource
            request.event.change = Change(field: "rotation", from: "ana", to: "bob")
            request.event.document = [
                "rotation": "primary", "incidents": [["id": "INC1", "title": "Payments", "severity": "critical", "status": "in_progress"]],
            ]
            request.person = "bob"
        }
        let text = Self.render(turn, .reminder, kind)
        Self.expect(["You are on duty now (primary); you take over from ana", "tocsin incidents"], in: text)
        if kind != .sms { Self.expect(["1 open incident:", "INC1 Payments: critical, in progress"], in: text) }
        Self.expect(["Sie haben jetzt Bereitschaft (primary)"], in: Self.render(turn, .reminder, kind, "de"))
        let over = Self.render(
            {
                turn(&$0)
                $0.person = "ana"
            }, .reminder, kind)
        Self.expect(["Your turn is over (primary); bob is on duty now", "Nothing to do."], in: over)
    }

    @Test(arguments: ChannelKind.allCases)
    func broadcastsThatWaitOrEnd(kind: ChannelKind) {
        func waiting(_ request: inout RenderRequest) {
            request.event.source = Event.ownSource
            request.event.payload = nil
            request.event.message = nil
            request.event.change = Change(field: "broadcast")
            request.event.document = [
                "broadcast": [
                    "id": "b1", "by": "ana", "count": 120, "audience": ["leadership"], "subject": "Payments", "message": "We move.",
                ]
            ]
            request.person = "bob"
        }
        let text = Self.render(waiting, .approval, kind)
        Self.expect(["Broadcast b1 waits for approval: Payments", "Approve: tocsin approve b1 --by bob"], in: text)
        if kind != .sms { Self.expect(["From ana. To leadership. 120 addresses.", "We move."], in: text) }
        func refused(_ request: inout RenderRequest) {
            waiting(&request)
            request.incident = nil
            request.event.incident = nil
            request.event.change = Change(field: "broadcast", to: "refused", reason: "too early", by: "bob")
        }
        Self.expect(["Your broadcast b1 was refused by bob"], in: Self.render(refused, .reminder, kind))
        func nobody(_ request: inout RenderRequest) {
            refused(&request)
            request.event.change = Change(field: "broadcast", to: "sent")
        }
        Self.expect(["Your broadcast b1 reached nobody"], in: Self.render(nobody, .reminder, kind))
        Self.expect(["Ihr Rundschreiben b1 hat niemanden erreicht"], in: Self.render(nobody, .reminder, kind, "de"))
    }

    @Test(arguments: ChannelKind.allCases)
    func confirmations(kind: ChannelKind) {
        func ask(_ request: inout RenderRequest) {
            request.event.payload?["match"] = ["service": "pay*"]
            request.origin = "confirmation"
            request.confirmation = ("ABCD-EFGH", nil)
        }
        Self.expect(["Confirm that you want to hear of service pay*", "ABCD-EFGH"], in: Self.render(ask, .subscription, kind))
        Self.expect(["Bestätigen Sie, dass Sie Nachrichten erhalten möchten"], in: Self.render(ask, .subscription, kind, "de"))
        let link = Self.render(
            {
                ask(&$0)
                $0.confirmation = ("ABCD-EFGH", "https://tocsin.example/u/abc_def")
            }, .subscription, kind)
        Self.expect(["https://tocsin.example/u/abc_def"], in: link)
    }

    @Test(arguments: ChannelKind.allCases)
    func deputiesAndLostAddresses(kind: ChannelKind) {
        Self.expect(["You stand in for duty-engineer until Wed 25 Nov"], in: Self.render({ $0.person = "service-owner" }, .absence, kind))
        func lost(_ request: inout RenderRequest) {
            request.event.source = Event.ownSource
            request.event.change = Change(field: "address", from: "a@example.com", reason: "mailbox is full")
            request.person = "ana"
        }
        let text = Self.render(lost, .operations, kind)
        Self.expect(["Nothing is sent to your address a@example.com any more"], in: text)
        if kind != .sms { Self.expect(["mailbox is full", "tell those who run Tocsin"], in: text) }
    }

    @Test(arguments: ChannelKind.allCases)
    func corrections(kind: ChannelKind) {
        func correct(_ request: inout RenderRequest) {
            request.correction = Correction(id: "b0", subject: "Payments", message: "All is lost.", at: "2026-11-24T03:40:00Z")
        }
        let text = Self.render(correct, .broadcast, kind)
        Self.expect(["CORRECTION of the message of 03:40 GMT: Payments are down", "We are moving to the replica."], in: text)
        if kind != .sms { Self.expect(["All is lost."], in: text) }
    }

    @Test(arguments: Facts.stages.sorted(), ChannelKind.allCases)
    func readyMadeBroadcasts(stage: String, kind: ChannelKind) {
        #expect(TemplateLibrary.builtIn.has(stage))
        let english = ["investigating": "Investigating", "identified": "Identified", "resolved": "Resolved", "maintenance": "Maintenance"]
        let text = Self.render({ $0.template = stage }, .broadcast, kind)
        Self.expect(["\(english[stage] ?? ""): Payments are down", "We are moving to the replica."], in: text)
        if kind != .sms { Self.expect(["Customers cannot pay"], in: text) }
        let german = ["investigating": "Wir untersuchen", "maintenance": "Wartung", "resolved": "Behoben"]
        Self.expect(["\(german[stage] ?? ""): Payments are down"], in: Self.render({ $0.template = stage }, .broadcast, kind, "de"))
    }

    @Test(arguments: ChannelKind.allCases)
    func theWayOut(kind: ChannelKind) {
        func leave(_ request: inout RenderRequest) {
            request.leaving = Leaving(
                url: "https://tocsin.example/u/x_y", mailto: "mailto:x@example.com", code: "c1", what: "your subscription s1 (service pay*)"
            )
            request.origin = "subscription"
        }
        for type in [EventType.escalation, .broadcast, .statusReport] {
            let text = Self.render(leave, type, kind)
            if kind == .sms {
                #expect(!text.contains("https://tocsin.example"))
                continue
            }
            Self.expect(["because of your subscription s1 (service pay", "https://tocsin.example/u/x_y"], in: text)
        }
        if kind != .sms { Self.expect(["wegen Ihres Abonnements s1"], in: Self.render(leave, .escalation, kind, "de")) }
        var request = Samples.request(.escalation, .email)
        leave(&request)
        request.leaving?.url = "javascript:alert(1)"
        request.leaving?.mailto = nil
        let mail = TemplateLibrary.builtIn.render(request).email
        #expect(mail?.html.contains("javascript:") == false)
        #expect(mail?.text.contains("To stop: tocsin confirm c1") == true)
    }

    @Test func aShortMessageSaysStopWhereThereIsRoom() {
        var request = Samples.request(.escalation, .sms, members: ["title": "Payments"])
        request.leaving = Leaving(code: "c1", what: "your subscription s1")
        #expect(TemplateLibrary.builtIn.render(request).sms?.hasSuffix("STOP to end.") == true)
        request.event.message = String(repeating: "x", count: 140)
        request.template = "update"
        let text = TemplateLibrary.builtIn.render(request).sms ?? ""
        #expect(SMSText.segments(text).count <= 3)
    }
}
