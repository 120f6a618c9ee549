import Foundation
import Incidents
import JSON
import Testing

@testable import Rendering

@Suite struct ClockTests {
    static let now = Samples.now

    static func clock(
        _ target: SLATarget, _ state: SLAState, promised minutes: Double, since: Double, met: Double? = nil, isPaused: Bool = false
    ) -> SLAClock {
        let start = now.addingTimeInterval(-since * 60)
        return SLAClock(
            target: target, state: state, start: start, length: minutes * 60, warnsAt: nil,
            breachesAt: start.addingTimeInterval(minutes * 60),
            metAt: met.map { start.addingTimeInterval($0 * 60) }, isPaused: isPaused)
    }

    @Test(
        arguments: [
            (clock(.acknowledge, .ok, promised: 10, since: 8), "acknowledge: 2 min left"),
            (clock(.acknowledge, .atRisk, promised: 9, since: 8), "acknowledge: at risk, 1 min left"),
            (clock(.resolve, .breached, promised: 30, since: 44), "resolve: breached 14 min ago"),
            (clock(.resolve, .ok, promised: 30, since: 44), "resolve: breached 14 min ago"),
            (clock(.acknowledge, .ok, promised: 5, since: 44, met: 3), "acknowledge: met in 3 min"),
            (clock(.acknowledge, .breached, promised: 5, since: 44, met: 19), "acknowledge: met late, 14 min after its time"),
            (clock(.update, .ok, promised: 30, since: 8, isPaused: true), "update: stands still (on hold)"),
            (clock(.update, .breached, promised: 30, since: 44, isPaused: true), "update: breached 14 min ago, stands still (on hold)"),
            (clock(.resolve, .ok, promised: 240, since: 50), "resolve: 3 h 10 min left"),
            (clock(.acknowledge, .breached, promised: 8, since: 8), "acknowledge: breached just now"),
        ] as [(SLAClock, String)])
    func lines(clock: SLAClock, line: String) {
        #expect(ClockWords.line(clock, now: Self.now) == line)
    }

    @Test func aClockWithoutAnEndAndACalendarsOwnAreNotMisleading() {
        var clock = Self.clock(.resolve, .ok, promised: 30, since: 8)
        clock.breachesAt = nil
        #expect(ClockWords.line(clock, now: Self.now) == "resolve: running")
        // Office hours: half an hour was promised, and met in two days.
        clock = Self.clock(.resolve, .ok, promised: 30, since: 4_000, met: 2_880)
        clock.breachesAt = Self.now
        #expect(ClockWords.line(clock, now: Self.now) == "resolve: met")
        #expect(ClockWords.line(SLAClocks(), now: Self.now) == nil)
    }

    static let clocks = SLAClocks([
        clock(.acknowledge, .breached, promised: 5, since: 8), clock(.resolve, .ok, promised: 240, since: 50),
        clock(.update, .atRisk, promised: 10, since: 8),
    ])

    static func request(_ type: EventType, _ target: String, _ kind: ChannelKind, clocks: SLAClocks? = clocks) -> RenderRequest {
        var request = Samples.request(type, kind)
        request.event.source = Event.ownSource
        request.event.change = Change(field: target)
        request.sla = clocks
        return request
    }

    @Test func templatesKnowThem() throws {
        let directory = try TemplateDirectory([
            "x/email.txt": """
            {{sla.worst}}|{{sla.line}}|{{sla.acknowledge.state}}|{{sla.resolve.left}}|{{sla.update.deadline}}|{{sla.acknowledge.left}}
            {{#sla.acknowledge}}{{promised}}{{#is_met}} met{{/is_met}}{{/sla.acknowledge}}|{{sla.acknowledge}}|{{sla}}
            """,
            "x/email.html": "{{#sla}}promised{{/sla}}{{^sla}}nothing{{/sla}}{{slo.worst}}",
        ])
        let (library, problems) = TemplateLibrary.load(directory: directory.path)
        #expect(problems.map(\.message) == ["nothing is called `slo`, so this stays empty; did you mean `sla`?"])
        var request = Self.request(.slaBreach, "acknowledge", .email)
        request.template = "x"
        let line = "acknowledge: breached 3 min ago · resolve: 3 h 10 min left · update: at risk, 2 min left"
        #expect(
            library.render(request).email?.text
                == "breached|\(line)|breached|3 h 10 min|04:00 GMT, in 2 min|\n5 min|acknowledge: breached 3 min ago|\(line)")
        #expect(library.render(request).email?.html == "promised")
        request.sla = nil
        #expect(library.render(request).email?.html == "nothing")
    }

    @Test(
        arguments: [
            (
                .slaWarning, "update", "No word to stakeholders yet, 2 min left",
                "Promised within 10 min, by 04:00 GMT, in 2 min; last word at 03:50 GMT"
            ),
            (.slaWarning, "resolve", "Not resolved yet, 3 h 10 min left", "Promised within 4 h, by 07:08 GMT, in 3 h 10 min"),
            (.slaBreach, "acknowledge", "Not acknowledged within 5 min", "Promised within 5 min, by 03:55 GMT, 3 min ago"),
            (.slaBreach, "resolve", "Not resolved within 4 h", "Promised within 4 h"),
        ] as [(EventType, String, String, String)])
    func warningsAndBreachesSayWhatWasPromised(type: EventType, target: String, headline: String, promise: String) {
        for kind in ChannelKind.allCases {
            let message = TemplateLibrary.builtIn.render(Self.request(type, target, kind))
            #expect(message.degraded == nil)
            #expect(ProviderRules.faults(message) == [])
            let preview = message.preview
            #expect(preview.contains("\(headline): Payments API failing"), "\(preview)")
            #expect(preview.contains("INC0012345"))
            if kind == .sms { continue }
            let expected =
                target == "acknowledge"
                ? "Acknowledge: tocsin ack INC0012345"
                : "\(target == "update" ? "Tell the stakeholders" : "Resolve it, or say when"): tocsin send update --incident INC0012345"
            for fact in [promise, "resolve: 3 h 10 min left", expected] {
                #expect(preview.contains(fact), "\(fact) is not in:\n\(preview)")
            }
        }
    }

    @Test func whatIsOverAsksNothing() {
        var members = Samples.fullMembers
        members["status"] = "resolved"
        var request = Self.request(.slaBreach, "update", .email)
        request.incident?.members = members
        let preview = TemplateLibrary.builtIn.render(request).preview
        #expect(preview.contains("Nothing to do."))
        #expect(!preview.contains("3 h 10 min left"), "the clocks of what is over are not shown")
    }

    // MARK: reminders

    private static func reminder(_ field: String, _ kind: ChannelKind, message: String?, reason: String? = nil) -> RenderRequest {
        var request = request(.reminder, field, kind)
        request.event.message = message
        request.event.change.reason = reason
        return request
    }

    @Test(arguments: ChannelKind.allCases)
    func remindersSayWhatTheyAreAbout(kind: ChannelKind) {
        func expect(_ request: RenderRequest, _ facts: [String]) {
            let message = TemplateLibrary.builtIn.render(request)
            #expect(message.degraded == nil)
            #expect(ProviderRules.faults(message) == [])
            for fact in kind == .sms ? Array(facts.prefix(1)) : facts {
                #expect(message.preview.contains(fact), "\(fact) is not in:\n\(message.preview)")
            }
        }
        let gap = "Stakeholders have heard nothing of INC0012345 since 03:50 UTC. Send an update."
        expect(
            Self.reminder("update", kind, message: gap, reason: "stakeholders have heard nothing"),
            [
                "No word to stakeholders for 8 min: Payments API failing", gap,
                "Tell the stakeholders: tocsin send update --incident INC0012345",
            ])
        expect(
            Self.reminder("repeat", kind, message: nil, reason: "still open, and nobody has acknowledged; told again every 4 h"),
            ["Still open after 8 min, and nobody has it", "Still open, and nobody has acknowledged; told again every 4 h", "tocsin ack"])
        expect(
            Self.reminder("still_open", kind, message: "Silence x1 kept it back until 03:50 UTC."),
            ["Still open, and nobody has it: Payments API failing", "Silence x1 kept it back", "tocsin ack"])
        expect(Self.reminder("flapping", kind, message: "It comes and goes."), ["Comes and goes: Payments API failing"])
        expect(Self.reminder("calm", kind, message: "It has stopped."), ["Calm again: Payments API failing"])
    }

    @Test(arguments: ChannelKind.allCases)
    func theEndOfASilenceNeedsNoIncident(kind: ChannelKind) {
        var request = Self.reminder("silence", kind, message: "Silence x1 (service: search) ends at 06:00 UTC.", reason: "maintenance")
        request.incident = nil
        request.severity = nil
        request.sla = nil
        request.event.incident = nil
        request.event.id = "silence/x1/ending/2026-11-24T00:00:00Z/2026-11-24T03:58:00Z"
        request.event.document = ["silence": ["id": "x1", "until": "2026-11-24T06:00:00Z"]]
        var message = TemplateLibrary.builtIn.render(request)
        #expect(message.degraded == nil)
        #expect(ProviderRules.faults(message) == [])
        #expect(message.preview.contains("Your silence x1 ends at 06:00 GMT"))
        #expect(message.preview.contains("Nothing to do, unless it is to go on."))
        // Ended early: its `until` is still to come.
        request.event.id = "silence/x1/ended/2026-11-24T00:00:00Z/2026-11-24T03:58:00Z"
        message = TemplateLibrary.builtIn.render(request)
        #expect(message.preview.contains("Your silence x1 ended at 03:58 GMT"))
    }

    // MARK: escalation, status reports, and why

    @Test func ourOwnStepSaysTheLevelAndWhy() {
        var request = Self.request(.escalation, "level", .slack)
        request.event.change = Change(field: "level", from: "0", to: "1", reason: "nobody has acknowledged after 20 min")
        request.routes = ["escalation.default step 1"]
        let preview = TemplateLibrary.builtIn.render(request).preview
        for fact in [
            "Escalated to level 1: Payments API failing", "Nobody has acknowledged after 20 min", "tocsin ack", "escalation.default step 1",
        ] { #expect(preview.contains(fact), "\(fact) is not in:\n\(preview)") }
        #expect(!preview.contains("0 → 1"))
    }

    @Test(arguments: [ChannelKind.slack, .teams, .email])
    func aStatusReportSaysEverythingOnce(kind: ChannelKind) {
        var request = Samples.request(.statusReport, kind)
        request.event.source = Event.ownSource
        request.event.change = Change(reason: "every 30 min")
        request.event.message = "INC0012345 is open. Impact: Customers cannot pay. Nothing new since 03:50 UTC."
        let preview = TemplateLibrary.builtIn.render(request).preview
        for fact in ["Nothing new since 03:50 UTC.", "Next word: ", "04:30 GMT", "05:00 GMT", "Customers cannot pay"] {
            #expect(preview.contains(fact), "\(fact) is not in:\n\(preview)")
        }
        #expect(preview.components(separatedBy: "Customers cannot pay").count == 2, "once")
        request.event.message = nil
        #expect(TemplateLibrary.builtIn.render(request).preview.contains("Customers cannot pay"))
    }

    @Test(arguments: [ChannelKind.slack, .teams, .email])
    func anOwedEndSaysWhyItComes(kind: ChannelKind) {
        var members = Samples.fullMembers
        members["status"] = "resolved"
        var request = Samples.request(.statusChange, kind, members: members)
        let footer = "You hear this because you were told of it before."
        #expect(!TemplateLibrary.builtIn.render(request).preview.contains(footer))
        request.origin = "owed"
        let message = TemplateLibrary.builtIn.render(request)
        #expect(message.preview.contains(footer))
        #expect(message.email.map { $0.html.contains(footer) } ?? true)
        request.origin = "subscription"
        #expect(TemplateLibrary.builtIn.render(request).preview.contains("You hear this because you subscribed to it."))
    }
}
