// Whatever happens, and whenever the clock rings: nothing is raised twice, steps go upwards, and the alarm is right.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct AgendaPropertyTests {
    private func table(_ chance: inout Chance) throws -> RoutingTable {
        let policies = try (0..<(1 + chance.next(2))).map { number in
            let steps = try (0..<(1 + chance.next(4))).map { index in
                let after = Double(10 + index * 20 + chance.next(20))
                let ranks = (0..<4).filter { _ in chance.next(4) > 0 }
                return try step(Dictionary(uniqueKeysWithValues: ranks.map { ($0, after + Double($0)) }))
            }
            return EscalationPolicy(
                name: "policy \(number)", match: number == 0 && chance.next(2) == 0 ? try match(["severity": [">=high"]]) : Match(),
                steps: steps,
                repetition: chance.next(2) == 0 ? nil : .init(every: Double(5 + chance.next(30)) * minute, times: chance.next(4)),
                until: chance.pick([.acknowledged, .resolved]))
        }
        var route = try route("page", ["severity": [">=medium"]], to: ["ops-slack"])
        route.repeatEvery = Double(20 + chance.next(100)) * minute
        return try timed(
            policies, flap: chance.next(2) == 0 ? nil : FlapRule(turns: 2 + chance.next(2), window: 40 * minute),
            reports: chance.next(2) == 0 ? [:] : [0: ReportRule(every: 45 * minute, to: [entry("mail:a@example.com")])], routes: [route])
    }

    private func happen(_ time: inout VirtualTime, _ chance: inout Chance) {
        let minute = max(time.minute, 0) + Double(chance.next(40))
        let source = chance.pick(["a", "b"])
        switch chance.next(14) {
        case 0: time.say(at: minute, .acknowledgement, by: source)
        case 1: time.say(at: minute, .escalation, by: source)
        case 2, 3:
            let severity = chance.pick(["critical", "high", "medium", "low"])
            time.say(at: minute, .severityChange, ["severity": .string(severity)], by: source)
        case 4, 5, 6:
            let status = chance.pick(["open", "on_hold", "in_progress", "resolved", "open", "closed"])
            time.say(at: minute, .statusChange, ["status": .string(status)], by: source)
        case 7: time.say(at: minute, .update, by: source)
        case 8: time.sleep(to: minute + Double(chance.next(600)))
        case 9: time.sleep(to: max(0, minute - Double(chance.next(60))))
        case 10:
            time.incident?.noteTold(["page"], at: time.now)
            time.ring()
        case 11:
            // A producer whose clock is wrong.
            let opened = Timestamp.format(time.now.addingTimeInterval(Double(chance.next(7_200) - 3_600)))
            let event = Event(
                id: "e", source: "c", type: .statusChange, time: time.now.addingTimeInterval(Double(chance.next(7_200) - 3_600)),
                incident: IncidentPatch(
                    id: "INC1", members: ["opened_at": .string(opened), "status": .string(chance.pick(["open", "on_hold", "resolved"]))]))
            time.hear(event)
            time.ring()
        default: time.pass(to: minute)
        }
    }

    @Test(arguments: 0..<150) func nothingIsRaisedTwice(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        let table = try table(&chance)
        var time = VirtualTime(
            table, promises: SLAPolicy(acknowledge: 30 * minute, resolve: 3 * hour, update: 50 * minute, warnAt: 0.8))
        time.unheard = chance.next(3) == 0 ? [chance.next(3)] : []
        time.say(at: 0, .statusChange, ["status": "open", "severity": "high"])
        var steps: [String: Int] = [:]
        for _ in 0..<60 {
            happen(&time, &chance)
            let course = try #require(time.incident).course
            // What follows from one another is in order.
            #expect(course.pauses.allSatisfy { $0.from >= course.started && $0.until.map { [from = $0.from] in $0 >= from } ?? true })
            #expect(zip(course.pauses, course.pauses.dropFirst()).allSatisfy { $0.until ?? .distantFuture <= $1.from })
            #expect(course.acknowledgedAt.map { $0 >= course.started } ?? true)
            #expect(course.endedAt.map { $0 >= course.started } ?? true)
            #expect((course.endedAt != nil) == (time.incident?.isOpen == false))
            #expect(course.acknowledgedAt.flatMap { acknowledged in course.endedAt.map { acknowledged <= $0 } } ?? true)
        }
        // Steps of one run of a policy go upwards, and so do the repetitions of one step.
        for (due, since) in zip(time.raised, time.since) {
            guard case .step(let policy, let step, let repeats)? = due.event.raised, let since else { continue }
            let run = "\(policy) \(Timestamp.format(since))" + (repeats > 0 ? " again \(step)" : "")
            let place = repeats > 0 ? repeats : step
            #expect(place > steps[run] ?? -1 || table.rules.policies.count > 1, "\(time.log)")
            steps[run] = place
        }
        let ids = time.raised.map(\.event.id)
        #expect(Set(ids).count == ids.count, "\(time.log)")
        #expect(!time.log.contains { $0.hasSuffix("nothing") }, "\(time.log)")
    }

    /// Nothing is due before the alarm, and something is at it; the agenda begins with it.
    @Test(arguments: 0..<100) func theAlarmIsRight(seed: UInt64) throws {
        var chance = Chance(seed: seed &+ 1_000)
        let table = try table(&chance)
        var time = VirtualTime(table)
        time.say(at: 0, .statusChange, ["status": "open", "severity": "critical"])
        for _ in 0..<40 {
            happen(&time, &chance)
            let incident = try #require(time.incident)
            let agenda = table.agenda(of: incident, now: time.now)
            let alarm = table.alarm(of: incident, now: time.now)
            #expect(agenda.first?.at == alarm?.due)
            #expect(agenda.first?.what == alarm?.what)
            #expect(zip(agenda, agenda.dropFirst()).allSatisfy { $0.at <= $1.at })
            guard let alarm else { continue }
            #expect(alarm.due > time.now, "what was due has been raised")
            #expect(table.dueEvent(of: incident, now: alarm.due) != nil)
            #expect(table.dueEvent(of: incident, now: alarm.due.addingTimeInterval(-0.01)) == nil)
            let between = time.now.addingTimeInterval(alarm.due.timeIntervalSince(time.now) * Double(chance.next(99)) / 100)
            #expect(table.dueEvent(of: incident, now: between) == nil)
        }
    }
}
