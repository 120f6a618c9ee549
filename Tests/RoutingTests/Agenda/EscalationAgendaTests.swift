// Escalation: which step runs when, and what becomes of those that were missed.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct EscalationAgendaTests {
    private func policy(
        _ steps: [EscalationStep], name: String = "default", match: Match = Match(), repetition: EscalationPolicy.Repetition? = nil,
        until: EscalationPolicy.End = .acknowledged
    ) -> EscalationPolicy {
        EscalationPolicy(name: name, match: match, steps: steps, repetition: repetition, until: until)
    }

    /// Low 10 min, medium 20, high 30, critical 40: the document that this came from.
    private var thresholds: EscalationPolicy { get throws { policy([try step([3: 10, 2: 20, 1: 30, 0: 40])]) } }

    private func opened(_ table: RoutingTable, severity: String = "critical") -> VirtualTime {
        var time = VirtualTime(table)
        time.say(at: 0, .statusChange, ["status": "open", "severity": .string(severity)])
        return time
    }

    @Test(
        arguments: [
            ("low", 5, false), ("low", 10, true), ("medium", 25, true), ("medium", 19, false), ("high", 25, false), ("high", 30, true),
            ("critical", 35, false), ("critical", 40, true),
        ])
    func theOriginalDocument(severity: String, age: Double, escalates: Bool) throws {
        let table = try timed([thresholds])
        var incident = Incident(id: "INC1", firstSeen: noon.addingTimeInterval(-age * minute))
        incident.members = ["severity": .string(severity), "status": "open"]
        let due = table.dueEvent(of: incident, now: noon)
        #expect((due != nil) == escalates)
        #expect(table.alarm(of: incident, now: noon)?.due == noon || !escalates)
    }

    @Test func stepsRepetitionsAndTheEnd() throws {
        let table = try timed([policy([try step(10), try step(60)], repetition: .init(every: 30 * minute, times: 2))])
        var time = opened(table)
        time.pass(to: 600)
        #expect(time.log == ["+10 step 1", "+60 step 2", "+90 step 2 again 1", "+120 step 2 again 2", "+150 unanswered"])
        #expect(time.incident?.level == 4)
        #expect(
            time.raised.map { $0.event.change.reason } == [
                "nobody has acknowledged after 10 min", "nobody has acknowledged after 1 h", "nobody has acknowledged since step 2",
                "nobody has acknowledged since step 2", "escalation `default` is at its end, and nobody has answered",
            ])
        #expect(time.raised.last?.event.type == .operations)
        #expect(time.alarm == nil)
    }

    @Test func aStepSaysWhomItIsForAndHowUrgent() throws {
        let table = try timed([
            policy([try step([0: 10], to: ["payments", "mail:cto@example.com"], isUrgent: false)], repetition: .init(every: 60, times: 1))
        ])
        var time = opened(table)
        time.pass(to: 11)
        let first = try #require(time.raised.first)
        #expect(first.directed.map(\.name) == ["escalation.default step 1", "escalation.default step 1"])
        #expect(first.directed.allSatisfy { $0.origin == .step && !$0.isUrgent })
        #expect(first.event.change == Change(field: "level", from: "0", to: "1", reason: "nobody has acknowledged after 10 min"))
        #expect(first.event.id == "INC1/escalation/default/2026-11-24T12:00:00Z/step 1/2026-11-24T12:10:00Z")
        #expect(time.raised.last?.directed.first?.name == "escalation.default step 1 again")
    }

    @Test func anAcknowledgementStopsIt() throws {
        let table = try timed([policy([try step(10), try step(20)])])
        var time = opened(table)
        time.say(at: 15, .acknowledgement, change: Change(by: "bob"))
        time.pass(to: 600)
        #expect(time.log == ["+10 step 1"])
        #expect(time.incident?.acknowledged == true)
    }

    @Test func untilResolvedGoesOnAfterAnAcknowledgement() throws {
        let table = try timed([policy([try step(10), try step(20), try step(30)], until: .resolved)])
        var time = opened(table)
        time.say(at: 15, .acknowledgement)
        time.say(at: 25, .statusChange, ["status": "resolved"])
        time.pass(to: 600)
        #expect(time.log == ["+10 step 1", "+20 step 2"])
    }

    @Test func reopeningStartsAnew() throws {
        let table = try timed([policy([try step(10), try step(20)])])
        var time = opened(table)
        time.say(at: 15, .statusChange, ["status": "resolved"])
        time.say(at: 100, .statusChange, ["status": "open"])
        time.pass(to: 125)
        #expect(time.log == ["+10 step 1", "+110 step 1", "+120 step 2"])
        #expect(Set(time.raised.map(\.event.id)).count == 3)
    }

    @Test func onHoldPauses() throws {
        let table = try timed([policy([try step(10), try step(20)])])
        var time = opened(table)
        time.say(at: 14, .statusChange, ["status": "on_hold"])
        time.pass(to: 60)
        #expect(time.log == ["+10 step 1"])
        #expect(time.alarm == nil)
        time.say(at: 60, .statusChange, ["status": "open"])
        time.pass(to: 66)
        #expect(time.log == ["+10 step 1", "+66 step 2"])
    }

    @Test func aSeverityWithoutTheStepSkipsIt() throws {
        let table = try timed([policy([try step([3: 10]), try step(20), try step([0: 30, 3: 30])])])
        var low = opened(table, severity: "low")
        low.pass(to: 600)
        #expect(low.log == ["+10 step 1", "+20 step 2", "+30 step 3", "+40 unanswered"])
        var medium = opened(table, severity: "medium")
        medium.pass(to: 600)
        #expect(medium.log == ["+20 step 2", "+40 unanswered"])
    }

    /// Who is not escalated at all by a policy is not unanswered either.
    @Test func aSeverityWithoutAnyStepIsLeftAlone() throws {
        var time = opened(try timed([policy([try step([0: 10])], repetition: .init(every: 60, times: 3))]), severity: "low")
        time.pass(to: 600)
        #expect(time.log.isEmpty)
        #expect(time.alarm == nil)
    }

    @Test func severityChangesMoveWhatIsLeft() throws {
        let table = try timed([policy([try step([0: 5, 3: 60]), try step([0: 10, 3: 120]), try step([0: 90, 3: 180])])])
        var up = opened(table, severity: "low")
        up.say(at: 30, .severityChange, ["severity": "critical"])
        up.pass(to: 91)
        #expect(up.log == ["+30 step 2", "+90 step 3"])
        #expect(up.raised.first?.event.change.reason == "nobody has acknowledged after 10 min; step 1 fell due as well, and is left out")
        var down = opened(table)
        down.say(at: 8, .severityChange, ["severity": "low"])
        down.pass(to: 200)
        #expect(down.log == ["+5 step 1", "+120 step 2", "+180 step 3"])
    }

    /// The last step of the lower severity is an earlier one; what has run stays done.
    @Test func theLastStepIsTheLastOfTheSeverity() throws {
        let steps = [try step([0: 10, 3: 10]), try step([0: 20])]
        var time = opened(try timed([policy(steps, repetition: .init(every: 30 * minute, times: 2))]))
        time.say(at: 25, .severityChange, ["severity": "low"])
        time.pass(to: 55)
        time.say(at: 55, .severityChange, ["severity": "critical"])
        time.pass(to: 600)
        #expect(time.log == ["+10 step 1", "+20 step 2", "+50 step 1 again 1", "+80 step 2 again 2", "+110 unanswered"])
    }

    @Test func anotherPolicyGoesOnWhereTheFirstWas() throws {
        let calm = policy([try step(10), try step(60)], name: "calm", match: try match(["severity": ["low"]]))
        let rest = policy([try step(5), try step(25), try step(40)], name: "rest")
        var time = opened(try timed([calm, rest]), severity: "low")
        time.say(at: 30, .severityChange, ["severity": "high"])
        time.pass(to: 45)
        // Step 1 would have run before the other's; step 2 is due already.
        #expect(time.log == ["+10 step 1", "+30 step 2", "+40 step 3"])
        #expect(time.incident?.course.escalation?.policy == "rest")
        var quiet = opened(try timed([calm, rest]), severity: "low")
        quiet.say(at: 3, .severityChange, ["severity": "high"])
        quiet.pass(to: 6)
        #expect(quiet.log == ["+5 step 1"])
    }

    @Test func somebodyElsesEscalationDoesNotSkipOurSteps() throws {
        let table = try timed([policy([try step(10), try step(20)])])
        var time = opened(table)
        time.say(at: 5, .escalation)
        time.pass(to: 11)
        time.say(at: 12, .escalation)
        time.pass(to: 21)
        #expect(time.log == ["+10 step 1", "+20 step 2"])
        #expect(time.incident?.level == 4)
    }

    @Test func anEscalationOfWhatSomebodyHasArmsItAgain() throws {
        let table = try timed([policy([try step(10), try step(20)])])
        var time = opened(table)
        time.say(at: 15, .acknowledgement)
        time.say(at: 100, .escalation)
        #expect(time.incident?.acknowledged == false)
        time.pass(to: 600)
        #expect(time.log == ["+10 step 1", "+110 step 1", "+120 step 2", "+130 unanswered"])
        // So does one of what had come to its end.
        time.say(at: 700, .escalation)
        time.pass(to: 711)
        #expect(time.log.last == "+710 step 1")
        #expect(Set(time.raised.map(\.event.id)).count == time.raised.count)
    }

    @Test func ourOwnStepsLeaveAnAcknowledgement() throws {
        let table = try timed([policy([try step(10)], until: .resolved)])
        var time = opened(table)
        time.say(at: 5, .acknowledgement, change: Change(by: "bob"))
        time.pass(to: 11)
        #expect(time.log == ["+10 step 1"])
        #expect(time.incident?.acknowledgedBy == "bob")
        #expect(time.incident?.level == 1)
    }

    @Test func whatReachesNobodyGoesOnAtOnce() throws {
        let table = try timed([policy([try step(10), try step(60), try step(90)])])
        var time = opened(table)
        time.unheard = [0]
        time.pass(to: 95)
        #expect(time.log == ["+10 step 1", "+10 step 2", "+90 step 3"])
        #expect(time.raised[1].event.change.reason == "step 1 reached nobody")
        var lost = opened(table)
        lost.unheard = [0, 1, 2]
        lost.pass(to: 600)
        #expect(lost.log == ["+10 step 1", "+10 step 2", "+10 step 3", "+10 unanswered"])
        #expect(
            lost.raised.last?.event.message
                == "Escalation `default` of \(lost.incident?.id ?? "") has come to its end, and its last step reached nobody.")
        #expect(Set(lost.raised.map(\.event.id)).count == 4)
    }

    /// Only a step has the next one run at once: repetitions would all be used up at the same moment.
    @Test func repetitionsThatReachNobodyKeepTheirDistance() throws {
        var time = opened(try timed([policy([try step(10)], repetition: .init(every: 30 * minute, times: 2))]))
        time.unheard = [0]
        time.pass(to: 600)
        #expect(time.log == ["+10 step 1", "+40 step 1 again 1", "+70 step 1 again 2", "+100 unanswered"])
        #expect(Set(time.raised.map(\.event.id)).count == 4)
    }

    @Test func absenceCollapsesSteps() throws {
        let table = try timed([policy([try step(10), try step(20), try step(600)])])
        var time = opened(table)
        time.now = noon.addingTimeInterval(480 * minute)
        let known = try #require(time.incident)
        // Who is told only then has as long as anybody else.
        let short = try timed([policy([try step(10), try step(20)])])
        #expect(
            short.agenda(of: known, now: time.now).map { "\(time.text($0.at)) \($0.what)" } == [
                "+480 escalation step 2", "+490 escalation ends unanswered",
            ])
        time.now = noon
        time.sleep(to: 480)
        #expect(time.log == ["+480 step 2"])
        #expect(
            time.raised.first?.event.change.reason
                == "nobody has acknowledged after 20 min; step 1 fell due while Tocsin was not running")
        #expect(time.raised.first?.event.time == noon.addingTimeInterval(20 * minute))
        time.pass(to: 700)
        #expect(time.log == ["+480 step 2", "+600 step 3"])
    }

    @Test func absenceCollapsesRepetitions() throws {
        let table = try timed([policy([try step(10), try step(20)], repetition: .init(every: 30 * minute, times: 3))])
        var time = opened(table)
        time.sleep(to: 85)
        // Step 2 at 20 was missed, and its repetitions at 50 and 80.
        #expect(time.log == ["+85 step 2 again 2"])
        #expect(time.raised.first?.directed.first?.name == "escalation.default step 2")
        #expect(
            time.raised.first?.event.change.reason
                == "nobody has acknowledged after 20 min; step 1 fell due while Tocsin was not running; 2 repetitions were missed")
        time.pass(to: 600)
        #expect(time.log == ["+85 step 2 again 2", "+115 step 2 again 3", "+145 unanswered"])

        var long = opened(table)
        long.pass(to: 30)
        long.sleep(to: 510)
        #expect(long.log == ["+10 step 1", "+20 step 2", "+510 step 2 again 3"])
        #expect(long.raised.last?.directed.first?.name == "escalation.default step 2 again")
        long.pass(to: 600)
        #expect(long.log.last == "+540 unanswered")
    }

    @Test func aClockThatJumpsBackFiresNothingTwice() throws {
        let table = try timed([policy([try step(10), try step(20)], repetition: .init(every: 5 * minute, times: 1))])
        var time = opened(table)
        time.pass(to: 21)
        time.sleep(to: 0)
        #expect(time.log == ["+10 step 1", "+20 step 2"])
        time.pass(to: 24)
        #expect(time.log == ["+10 step 1", "+20 step 2"])
        time.pass(to: 26)
        #expect(time.log == ["+10 step 1", "+20 step 2", "+25 step 2 again 1"])
    }

    @Test func thePolicyThatFitsIsTheFirst() throws {
        let table = try timed([
            policy([try step(1)], name: "search", match: try match(["service": ["search"]])),
            policy([try step(2)], name: "escalations", match: try match(["type": ["escalation"]])),
            policy([try step(3)], name: "all"),
        ])
        let incident = incident()
        #expect(table.escalationPolicy(of: incident, clocks: nil, now: noon)?.name == "escalations")
    }

    @Test func theAgendaSaysWhatWouldCome() throws {
        let table = try timed([policy([try step(10), try step(60)], repetition: .init(every: 30 * minute, times: 1))])
        let time = opened(table)
        let known = try #require(time.incident)
        #expect(
            table.agenda(of: known, now: noon).map { "\(time.text($0.at)) \($0.what)" } == [
                "+10 escalation step 1", "+60 escalation step 2", "+90 escalation step 2 again", "+120 escalation ends unanswered",
            ])
        #expect(table.alarm(of: known, now: noon)?.what == "escalation step 1")
    }

    /// A clock that is late by a fraction of a second does not lose or repeat anything.
    @Test func fractionsOfASecond() throws {
        let table = try timed([policy([try step(10), try step(20)], repetition: .init(every: 0.3337, times: 3))])
        var time = VirtualTime(table)
        time.now = noon.addingTimeInterval(0.123457)
        time.hear(Event(id: "e", source: "a", type: .escalation, time: time.now, incident: IncidentPatch(id: "INC1")))
        time.pass(to: 60)
        #expect(time.raised.count == 6)
        #expect(!time.log.contains { $0.hasSuffix("nothing") })
        #expect(Set(time.raised.map(\.event.id)).count == 6)
    }

    /// What a policy asks for is asked when it is chosen, and not again while the severity stays.
    @Test func aPolicyThatWasChosenStays() throws {
        var table = try timed([
            policy([try step(10)], name: "fresh", match: try match(["status": ["open"]])), policy([try step(20)], name: "rest"),
        ])
        table.directory.communicationLeads = [:]
        var story = Responsible(table)
        try story.say(.statusChange, ["status": "open", "severity": "high"])
        #expect(story.incident?.course.policy == Course.ChosenPolicy(name: "fresh", severity: "high"))
        try story.say(.statusChange, ["status": "escalated"])
        story.now += 10 * minute
        #expect(try story.ring().map(\.event.id) == ["INC1/escalation/fresh/2026-11-24T12:00:00Z/step 1/2026-11-24T12:10:00Z"])
        try story.say(.severityChange, ["severity": "critical"])
        #expect(story.incident?.course.policy == Course.ChosenPolicy(name: "rest", severity: "critical"))
        // Also before a policy that takes everything, which came into the file later.
        story.table.rules.policies.insert(policy([try step(5)], name: "new"), at: 0)
        try story.say(.update)
        #expect(story.incident?.course.policy?.name == "rest")
        story.table.rules.policies.removeLast()
        try story.say(.update)
        #expect(story.incident?.course.policy?.name == "new")
    }

    /// A state from before choices were written down is judged as it is now.
    @Test func aPolicyThatNobodyWroteDownIsChosenByTheIncidentAsItIs() throws {
        let table = try timed([policy([try step(10)], match: try match(["status": ["open"]]))])
        var time = opened(table)
        time.say(at: 5, .statusChange, ["status": "escalated"])
        time.pass(to: 60)
        #expect(time.log.isEmpty)
    }

    /// An old time of a producer's escalation must not give a step the name of an earlier one.
    @Test func whatAStepCountsFromIsPartOfItsName() throws {
        let table = try timed([policy([try step(10)])])
        var time = opened(table)
        time.say(at: 12, .acknowledgement, change: Change(by: "bob"))
        time.say(at: 13, .escalation)
        time.pass(to: 30)
        #expect(time.log == ["+10 step 1", "+23 step 1"])
        #expect(time.raised.last?.event.id == "INC1/escalation/default/2026-11-24T12:13:00Z/step 1/2026-11-24T12:23:00Z")
    }

    /// From the next event on: a step that is said to have run in hours to come has run now.
    @Test func aClockThatWasSetBackDoesNotDelayRepetitionsForHours() throws {
        var story = Responsible(try timed([policy([try step(10)], repetition: .init(every: 30 * minute, times: 3))]))
        try story.say(.statusChange, ["status": "open", "severity": "low"])
        story.now += 10 * minute
        #expect(try story.ring().count == 1)
        story.now -= 2 * hour
        try story.say(.update)
        #expect(story.incident?.course.escalation?.lastAt == story.now)
        #expect(story.incident.flatMap { story.table.alarm(of: $0, now: story.now)?.due } == story.now + 30 * minute)
    }

    /// Others escalate as well: what a step says is where its policy has come to.
    @Test func aStepSaysWhichOfItsPolicyItIs() throws {
        let table = try timed([policy([try step(10), try step(20)], repetition: .init(every: 30 * minute, times: 1))])
        var time = opened(table)
        time.say(at: 1, .escalation)
        time.say(at: 2, .escalation)
        time.pass(to: 51)
        #expect(time.raised.map(\.event.change.from) == ["0", "1", "2"])
        #expect(time.raised.map(\.event.change.to) == ["1", "2", "2"])
    }

    /// A route that tells of a step begins its interval anew.
    @Test func theAgendaKnowsThatStepsRestartRepetitionsOfRoutes() throws {
        var route = try route("again", ["type": ["escalation", "status_change"]], to: ["bot"])
        route.repeatEvery = 60 * minute
        var table = try timed([policy([try step(10), try step(40)])], routes: [route])
        var incident = Incident(id: "INC1", firstSeen: noon)
        incident.members = ["severity": "critical", "status": "open"]
        incident.noteTold(["again"], at: noon)
        func entries() -> [String] {
            table.agenda(of: incident, now: noon).map { "+\(Int($0.at.timeIntervalSince(noon) / 60)) \($0.what)" }
        }
        #expect(
            entries() == ["+10 escalation step 1", "+40 escalation step 2", "+70 escalation ends unanswered", "+100 route again again"])
        table.routes[0].match = try match(["type": ["status_change"]])
        #expect(entries().contains("+60 route again again"))
    }
}
