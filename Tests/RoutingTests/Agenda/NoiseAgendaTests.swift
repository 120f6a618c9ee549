// Routes that tell again, incidents that come and go, and the ends of silences.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct NoiseAgendaTests {
    private func repeating(
        _ conditions: KeyValuePairs<String, [String]> = [:], every minutes: Double = 60, during: BusinessCalendar? = nil
    ) throws -> Route {
        var route = try route("page", conditions, to: ["ops-slack", "duty-engineer"], isUrgent: true, template: "page", during: during)
        route.repeatEvery = minutes * minute
        return route
    }

    private func told(_ table: RoutingTable, _ members: [String: JSONValue] = ["status": "open"]) throws -> VirtualTime {
        var time = VirtualTime(table)
        time.say(at: 0, .escalation, members)
        time.incident?.noteTold(["page"], at: noon)
        return time
    }

    @Test func aRouteTellsAgainUntilSomebodyHasIt() throws {
        let table = try timed(routes: [repeating(["type": ["escalation"], "severity": ["critical"]])])
        var time = try told(table)
        time.pass(to: 130)
        #expect(time.log == ["+60 again page", "+120 again page"])
        let due = try #require(time.raised.first)
        #expect(due.event.type == .reminder)
        #expect(due.event.change.field == "repeat")
        #expect(due.directed.count == 2)
        #expect(due.directed.allSatisfy { $0.origin == .route && $0.name == "page" && $0.template == "page" && $0.isUrgent })
        time.say(at: 130, .acknowledgement)
        time.pass(to: 1_000)
        #expect(time.log.count == 2)
        #expect(Set(time.raised.map(\.event.id)).count == 2)
    }

    @Test func onlyWhileItIsOpenNotOnHoldAndFits() throws {
        let table = try timed(routes: [repeating(["severity": ["critical"]])])
        var held = try told(table)
        held.say(at: 30, .statusChange, ["status": "on_hold"])
        held.pass(to: 130)
        #expect(held.log.isEmpty)
        held.say(at: 150, .statusChange, ["status": "open"])
        #expect(held.log == ["+150 again page"])
        held.pass(to: 200)
        #expect(held.log == ["+150 again page", "+180 again page"])
        var lower = try told(table)
        lower.say(at: 30, .severityChange, ["severity": "low"])
        lower.pass(to: 200)
        #expect(lower.log.isEmpty)
        var over = try told(table)
        over.say(at: 30, .statusChange, ["status": "resolved"])
        over.pass(to: 200)
        #expect(over.log.isEmpty)
        over.say(at: 200, .statusChange, ["status": "open"])
        over.pass(to: 400)
        #expect(over.log.isEmpty)
    }

    @Test func missedRepetitionsAreOne() throws {
        var time = try told(try timed(routes: [repeating()]))
        time.sleep(to: 470)
        #expect(time.log == ["+470 again page"])
        time.pass(to: 490)
        #expect(time.log == ["+470 again page", "+480 again page"])
    }

    @Test func onlyInTheRoutesHours() throws {
        // Noon to 14:00.
        let lunch = BusinessCalendar(name: "lunch", days: [1, 2, 3, 4, 5, 6, 7], opens: 720, closes: 840, timeZone: .gmt)
        var time = try told(try timed(routes: [repeating(every: 50, during: lunch)]))
        time.pass(to: 1_500)
        #expect(time.log == ["+50 again page", "+100 again page", "+1450 again page", "+1500 again page"])
    }

    @Test func whatWasToldIsNotedByTheRoutesThatRepeat() throws {
        let table = try timed(routes: [repeating(), route("other", to: ["mail:cto@example.com"])])
        let application = try application()
        let plan = table.plan(event(.escalation), application: application, now: noon)
        var incident = application.incident
        incident.course.repeats = ["gone": noon]
        table.noteTold(by: plan, in: &incident, now: noon)
        #expect(incident.course.repeats == ["page": noon])
        // What nobody was told of counts for nothing.
        var silent = plan
        for index in silent.deliveries.indices { silent.deliveries[index].intent = .suppress(Suppression(reason: "silence")) }
        table.noteTold(by: silent, in: &incident, now: noon.addingTimeInterval(60))
        #expect(incident.course.repeats == ["page": noon])
        try timed().noteTold(by: plan, in: &incident, now: noon)
        #expect(incident.course.repeats.isEmpty)
    }

    private func flap(_ time: inout VirtualTime, at minutes: [Double]) {
        for (number, minute) in minutes.enumerated() {
            time.say(at: minute, .statusChange, ["status": number.isMultiple(of: 2) ? "resolved" : "open"])
        }
    }

    @Test func whatComesAndGoesIsFlappingUntilItIsCalm() throws {
        var time = VirtualTime(try timed(flap: FlapRule(turns: 3, window: 30 * minute)))
        time.say(at: 0, .statusChange, ["status": "open"])
        flap(&time, at: [5, 10, 15, 20, 25, 30])
        #expect(time.log == ["+20 flapping"])
        #expect(time.incident?.course.flappingSince == noon.addingTimeInterval(20 * minute))
        time.pass(to: 100)
        #expect(time.log == ["+20 flapping", "+60 calm"])
        #expect(time.raised.allSatisfy { $0.directed.isEmpty && $0.event.type == .reminder })
        #expect(time.raised.map { $0.event.change.field } == ["flapping", "calm"])
        #expect(time.raised.first?.event.change.reason == "resolved or reopened 4 times within 30 min")
        #expect(time.incident?.course.flappingSince == nil)
        // Set back, the clock does not find it flapping again.
        time.sleep(to: 35)
        time.pass(to: 200)
        #expect(time.log.count == 2)
        flap(&time, at: [201, 202, 203, 204])
        #expect(time.log.last == "+204 flapping")
        #expect(Set(time.raised.map(\.event.id)).count == 3)
    }

    @Test func slowTurnsAreNoFlapping() throws {
        var time = VirtualTime(try timed(flap: FlapRule(turns: 3, window: 30 * minute)))
        time.say(at: 0, .statusChange, ["status": "open"])
        flap(&time, at: [5, 15, 25, 36, 46, 56])
        time.pass(to: 200)
        #expect(time.log.isEmpty)
    }

    @Test func withoutTheRuleItIsCalmAtOnce() throws {
        var time = VirtualTime(try timed(flap: FlapRule(turns: 1, window: 30 * minute)))
        time.say(at: 0, .statusChange, ["status": "open"])
        flap(&time, at: [5, 6])
        time.table = try timed()
        time.pass(to: 7)
        #expect(time.log == ["+6 flapping", "+7 calm"] || time.log == ["+6 flapping", "+6 calm"])
    }

    // MARK: Silences

    private func silence(by: String? = "duty-engineer", minutes: Double = 120) -> Silence {
        Silence(
            id: "x1", match: ["service": ["search", "mail"]], from: noon, until: noon.addingTimeInterval(minutes * minute),
            reason: "maintenance", by: by)
    }

    private func kept(_ incident: String, _ address: String) -> KeptAddress {
        KeptAddress(
            incident: incident,
            address: ToldAddress(channel: "mail", kind: .email, address: address, recipient: address, for: address, state: .underWay))
    }

    private func at(_ minutes: Double) -> Date { noon.addingTimeInterval(minutes * minute) }

    @Test func aSilenceAnnouncesItsEndToItsOwner() throws {
        let table = try timed()
        var silence = silence()
        let alarm = try #require(table.alarm(of: silence, now: noon))
        #expect(alarm == Alarm(subject: .silence("x1"), due: at(105), what: "silence is about to end"))
        #expect(table.dueEvents(of: silence, kept: [], now: at(104)).isEmpty)
        let due = table.dueEvents(of: silence, kept: [kept("INC1", "a@example.com")], now: at(105))
        #expect(due.count == 1)
        #expect(
            due.first?.event.message
                == "Silence x1 of duty-engineer (service: search or mail; maintenance) ends at 14:00 UTC. "
                + "Start it again with a later end if it is to go on.")
        #expect(due.first?.event.incident == nil)
        #expect(due.first?.event.change == Change(field: "silence", reason: "maintenance", by: "duty-engineer"))
        #expect(due.first?.directed.map(\.name) == ["silence.x1"])
        silence = silence.rung(at: at(105))
        #expect(silence.announcedAt == at(105))
        #expect(table.dueEvents(of: silence, kept: [], now: at(106)).isEmpty)
        #expect(table.alarm(of: silence, now: at(106))?.due == at(120))
        // A short one does so later: a quarter of its length before.
        #expect(table.alarm(of: self.silence(minutes: 8), now: noon)?.due == at(6))
    }

    @Test func whatItKeptBackIsToldAtItsEnd() throws {
        let table = try timed()
        let silence = silence().rung(at: at(105))
        let all = [kept("INC2", "a@example.com"), kept("INC1", "a@example.com"), kept("INC2", "b@example.com")]
        #expect(table.dueEvents(of: silence, kept: all, now: at(119)).isEmpty)
        let due = table.dueEvents(of: silence, kept: all, now: at(121))
        #expect(due.map(\.event.incident?.id) == ["INC1", "INC2", nil])
        #expect(due.map { $0.event.change.field } == ["still_open", "still_open", "silence"])
        #expect(due.map(\.directed.count) == [1, 2, 1])
        #expect(due.dropLast().flatMap(\.directed).allSatisfy { $0.origin == .stillOpen })
        #expect(
            due.first?.event.message
                == "INC1 is still open. Silence x1 of duty-engineer (service: search or mail; maintenance) kept it back until 14:00 UTC.")
        #expect(due.first?.event.time == at(120))
        #expect(due.last?.event.message?.contains("has ended") == true)
        #expect(Set(due.map(\.event.id)).count == 3)
        let settled = silence.rung(at: at(121))
        #expect(settled.isSettled && settled.endedAt == at(120))
        #expect(table.alarm(of: settled, now: at(121)) == nil)
        #expect(table.dueEvents(of: settled, kept: all, now: at(200)).isEmpty)
        // They move nothing.
        let before = incident()
        let event = try #require(due.first?.event)
        let after = try #require(Incident.apply(event, to: before, now: at(121))).incident
        #expect(after.course == before.course)
        #expect(after.members == before.members)
    }

    @Test func oneThatIsEndedEarlyIsToldAtOnce() throws {
        let table = try timed()
        var silence = silence()
        silence.endedAt = at(30)
        #expect(table.alarm(of: silence, now: at(31))?.due == at(31))
        let due = table.dueEvents(of: silence, kept: [kept("INC1", "a@example.com")], now: at(31))
        #expect(due.map(\.event.time) == [at(30), at(30)])
        #expect(silence.rung(at: at(31)).isSettled)
    }

    @Test func anOwnerWhoIsNobodyIsNotTold() throws {
        let table = try timed()
        for by in ["stranger", nil] {
            let silence = silence(by: by)
            #expect(table.alarm(of: silence, now: noon)?.due == at(120))
            #expect(table.dueEvents(of: silence, kept: [], now: at(110)).isEmpty)
            #expect(table.dueEvents(of: silence, kept: [kept("INC1", "a@example.com")], now: at(120)).map(\.directed.count) == [1])
        }
        #expect(table.dueEvents(of: silence(by: "Duty engineer"), kept: [], now: at(110)).count == 1)
    }
}
