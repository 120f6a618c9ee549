import Foundation
import Incidents
import JSON
import Testing

@testable import Rendering

@Suite struct ShippedTemplatesTests {
    static let requests: [RenderRequest] = EventType.allCases.flatMap { type in
        ChannelKind.allCases.flatMap { kind in
            [Samples.request(type, kind), Samples.request(type, kind, members: [:]), Samples.request(type, kind, template: "ping")]
        }
    }

    @Test func theyAreEmbeddedAndWithoutProblems() {
        let (library, problems) = TemplateLibrary.load(directory: nil)
        #expect(problems == [])
        #expect(Set(["default", "digest", "ping", "operations", "broadcast", "status_report"]).isSubset(of: library.names))
        #expect(library.has("default"))
        #expect(!library.has("nothing"))
    }

    @Test(arguments: requests)
    func everyMessageIsWhatTheProviderTakes(request: RenderRequest) {
        let message = TemplateLibrary.builtIn.render(request)
        #expect(message.degraded == nil)
        #expect(ProviderRules.faults(message) == [])
        #expect(!message.preview.contains("{{"))
        #expect(!message.preview.contains("Optional("))
    }

    @Test(arguments: ChannelKind.allCases)
    func anEscalationSaysWhatMatters(kind: ChannelKind) {
        let preview = TemplateLibrary.builtIn.render(Samples.request(.escalation, kind)).preview
        for fact in [
            "INC0012345", "critical", "Escalated", "Payments API failing", "03:50 GMT, 8 min ago",
            "https://incidents.example/INC0012345?a=1&b=2",
        ] {
            #expect(preview.contains(fact), "\(fact) is not in:\n\(preview)")
        }
        if kind != .sms {
            for fact in [
                "open since", "payments", "duty-engineer, not acknowledged yet (team network)", "Customers cannot pay",
                "Fail over to the replica",
                "05:00 GMT, in 1 h 2 min", "Acknowledge: tocsin ack INC0012345", "https://wiki.example/payments", "page-on-escalation",
                "42",
                "escalation-monitor", "no acknowledgement within 8 min",
            ] {
                #expect(preview.contains(fact), "\(fact) is not in:\n\(preview)")
            }
        }
    }

    @Test(
        arguments: [
            (EventType.escalation, "Escalated: Payments API failing"),
            (.severityChange, "Severity raised from medium to critical: Payments API failing"),
            (.assignment, "Assigned to duty-engineer: Payments API failing"),
            (.acknowledgement, "Acknowledged by escalation-monitor: Payments API failing"),
            (.update, "Update: Payments API failing"), (.broadcast, "Announcement: Payments are down"),
            (.approval, "Broadcast b1 approved by service-owner"),
            (.subscription, "Subscribed: x@example.com"), (.silence, "Silence started by service-owner until 06:00 GMT: maintenance"),
            (.absence, "duty-engineer is away until Wed 25 Nov 09:00 GMT; deputy is service-owner"),
            (.slaWarning, "Acknowledgement target at risk: Payments API failing"),
            (.slaBreach, "Acknowledgement target missed: Payments API failing"),
            (.reminder, "Reminder: an update is due: Payments API failing"), (.statusReport, "Status report: Payments API failing"),
            (.operations, "Tocsin: 2 files were rejected."),
        ] as [(EventType, String)])
    func headlines(type: EventType, headline: String) {
        #expect(Words.headline(Facts(Samples.request(type, .slack), limit: 1_000)) == headline)
    }

    @Test(arguments: [
        ("resolved", false, "Resolved after 8 min: Payments API failing"), ("closed", false, "Closed: Payments API failing"),
        ("open", true, "Reopened: Payments API failing"), ("open", false, "Opened: Payments API failing"),
        ("in_progress", false, "Being worked on: Payments API failing"), ("on_hold", false, "On hold: Payments API failing"),
    ])
    func statusHeadlines(status: String, reopens: Bool, headline: String) {
        var members = Samples.fullMembers
        members["status"] = .string(status)
        var request = Samples.request(.statusChange, .slack, members: members)
        request.reopens = reopens
        #expect(Words.headline(Facts(request, limit: 1_000)) == headline)
        let expected = Words.expected(Facts(request, limit: 1_000))
        #expect(
            expected
                == (["resolved", "closed"].contains(status)
                    ? "Nothing to do." : status == "on_hold" ? "Nothing to do for now." : "Acknowledge: tocsin ack INC0012345"))
    }

    @Test func severityDirectionFollowsTheConfiguredScale() {
        var request = Samples.request(.severityChange, .slack)
        request.event.change = Change(field: "severity", from: "major", to: "blocker")
        #expect(Words.happening(Facts(request, limit: 100)) == "Severity changed from major to blocker")
        request.previousSeverity = Severity(name: "major", rank: 2)
        #expect(Words.happening(Facts(request, limit: 100)) == "Severity raised from major to blocker")
        request.severity = Severity(name: "blocker", rank: 4)
        #expect(Words.happening(Facts(request, limit: 100)) == "Severity lowered from major to blocker")
    }

    @Test func anAcknowledgedIncidentAsksNothing() {
        let request = Samples.request(.severityChange, .email) {
            $0.acknowledged = true
            $0.acknowledgedBy = "duty-engineer"
        }
        let preview = TemplateLibrary.builtIn.render(request).preview
        #expect(preview.contains("Nothing to do: duty-engineer has it."))
        #expect(preview.contains("duty-engineer, acknowledged (team network)"))
    }

    @Test func lateOnesSaySo() {
        var request = Samples.request(.escalation, .slack)
        request.now = Samples.now.addingTimeInterval(7_200)
        #expect(TemplateLibrary.builtIn.render(request).preview.contains("Late: this happened at 03:58 GMT, 2 h ago."))
        request.kind = .sms
        #expect(TemplateLibrary.builtIn.render(request).preview.contains("2 h 8 min ago"))
    }

    @Test(arguments: [
        ("Europe/London", "2026-07-01T03:50:00Z", "04:50 BST"), ("Asia/Kolkata", "2026-11-24T03:50:00Z", "09:20 "),
        ("America/New_York", "2026-11-24T03:50:00Z", "22:50 EST"), ("UTC", "2026-11-24T03:50:00Z", "03:50 UTC"),
        ("Nowhere/Else", "2026-11-24T03:50:00Z", "03:50 UTC"),
    ])
    func timesAreTheReadersOwn(zone: String, time: String, shown: String) {
        let date = Samples.date(time)
        #expect(Words.time(date, clock: LocalClock(zone: zone), now: date).hasPrefix(shown))
    }

    @Test(arguments: [
        (0.0, "less than a minute"), (59, "less than a minute"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h"), (4_320, "1 h 12 min"),
        (86_400, "1 d"), (183_600, "2 d 3 h"), (1_209_600, "14 d"), (-5, "less than a minute"), (.infinity, "11574074 d"),
    ])
    func durations(seconds: Double, words: String) {
        #expect(Words.duration(seconds) == words)
    }

    @Test func shortMessagesAreOneSegment() {
        for type in EventType.allCases {
            var members = Samples.fullMembers
            members["url"] = nil
            members["next_steps"] = nil
            var request = Samples.request(type, .sms, members: members)
            request.event.message = request.event.message == nil ? nil : "The replica is up."
            let text = TemplateLibrary.builtIn.render(request).sms ?? ""
            let segments = SMSText.segments(text)
            #expect(segments.encoding == .gsm7, "\(text)")
            #expect(segments.count == 1, "\(type): \(segments.parts) \(text)")
        }
    }

    @Test func theSubjectNamesTheIncidentAndTheFirstLineWhatIsNew() {
        let mail = TemplateLibrary.builtIn.render(Samples.request(.escalation, .email)).email
        #expect(mail?.subject == "[INC0012345] Payments API failing")
        #expect(mail?.text.hasPrefix("[critical] Escalated: Payments API failing\n") == true)
        let later = TemplateLibrary.builtIn.render(Samples.request(.update, .email)).email
        #expect(later?.subject == mail?.subject, "one conversation")
        #expect(mail?.html.contains("color-scheme") == true)
        #expect(mail?.html.contains("href=\"https://incidents.example/INC0012345?a=1&amp;b=2\"") == true)
        #expect(mail?.text.contains("<") == false)
    }

    @Test func unknownMembersAreReachable() throws {
        let request = Samples.request(.escalation, .sms)
        let context = RenderContext(Facts(request, limit: 100)).root
        let extra = try #require((context.child(named: "event") as? TemplateObject)?.child(named: "extra") as? TemplateObject)
        let deep = try #require(extra.child(named: "deep") as? TemplateObject)
        #expect(deep.child(named: "er") as? String == "unknown member")
    }

    @Test func everyDocumentedNameIsKnown() {
        let request = Samples.request(.escalation, .slack)
        let root = RenderContext(Facts(request, limit: 100)).root
        let absent = RenderContext.names.filter { root.child(named: $0) == nil }
        #expect(
            absent.sorted()
                == [
                    "acknowledge", "checklist", "checklist_text", "confirmation", "correction", "digest", "is_ended", "is_test", "late",
                    "leaving", "message", "message_lines", "reopened", "sla", "stage", "stage_line",
                ])
    }
}
