// A plan made in a hurry is the plan that is explained, whatever holds, keeps back or wishes there are; and each address
// gets one message.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct EitherWayTests {
    @Test(arguments: 0..<4) func aPlanIsTheSameEitherWay(seed: Int) throws {
        var chance = Chance(seed: UInt64(1_000 + seed))
        var intents: Set<String> = []
        for _ in 0..<120 {
            var table = try randomTable(&chance)
            disturb(&table, &chance)
            for _ in 0..<8 {
                let (event, application) = try randomEvent(&chance)
                let now = noon.addingTimeInterval(Double(chance.next(10)) * 600)
                let known = surroundings(&chance)
                let directed = try (0..<chance.next(3)).map { number in
                    Directed(
                        .entry(try entry(chance.pick(["bot", "duty-engineer", "lost", "subscribers"]))),
                        origin: chance.pick([.step, .report]), name: "d\(number)", isUrgent: chance.next(2) == 0)
                }
                func plan(explaining: Bool) throws -> Plan {
                    try table.plan(
                        event, application: application, now: now, surroundings: known, directed: directed, explaining: explaining)
                }
                let walked = try plan(explaining: true)
                let quick = try plan(explaining: false)
                try #require(quick.deliveries == walked.deliveries)
                try #require(quick.fellThrough == walked.fellThrough && quick.notRouted == walked.notRouted)
                try #require(quick.notes.isEmpty && quick.silences.isEmpty && quick.verdicts.isEmpty)
                try #require(Set(quick.deliveries.map(\.destination)).count == quick.deliveries.count)
                for hold in quick.holds { try #require(hold.until >= now) }
                intents.formUnion(quick.deliveries.map { "\($0.intent)".prefix { $0 != "(" }.description })
            }
        }
        #expect(intents == ["send", "hold", "suppress", "supersede"], "all of them happen")
    }

    private func disturb(_ table: inout RoutingTable, _ chance: inout Chance) {
        for number in table.routes.indices {
            if chance.next(3) == 0 { table.routes[number].group = GroupRule(by: ["service"], wait: 30, interval: 300) }
            if chance.next(3) == 0 { table.routes[number].throttle = ThrottleRule(count: 1 + chance.next(3), window: 600) }
        }
        if chance.next(2) == 0 { table = table.withQuietHours() }
        if chance.next(2) == 0 { table.rules.wakesFor = table.scale.mostUrgent }
        if chance.next(2) == 0 { table.rules.dependencies = ["payments": ["search"], "search": ["payments", "database"]] }
        table.rules.lateAfter = Double(600 * (1 + chance.next(20)))
    }

    private func surroundings(_ chance: inout Chance) -> InMemorySurroundings {
        let known = InMemorySurroundings()
        let matches: [[String: JSONValue]] = [[:], ["service": "pay*"], ["severity": ">=high"], ["type": "update"], ["severity": "sev9"]]
        for number in 0..<chance.next(4) {
            known.standingSubscriptions.append(
                Subscription(
                    id: "s\(number)", who: .person(chance.pick(["duty-engineer", "service-owner", "mute", "x"])),
                    match: chance.pick(matches),
                    via: chance.pick([nil, "mail", "sms"]), cadence: chance.pick([.immediate, .hourly, .daily(at: 480)])))
        }
        if chance.next(5) == 0 {
            known.standingSilences = [Silence(id: "x", match: chance.pick(matches), from: noon, until: noon + 3_600)]
        }
        let addresses = ["C0123456", "duty@example.com", "OWNER@example.com", "+447700900123"]
        for address in addresses { known.sent[address] = (0..<chance.next(4)).map { noon - Double($0 * 100) } }
        known.open = [
            OpenIncident(id: "INC7", service: chance.pick(["search", "database"]), severity: chance.pick(["critical", "high", nil]))
        ]
        for id in ["INC1", "INC2", "X", "INC7"] {
            known.toldOf[id] = addresses.filter { _ in chance.next(2) == 0 }.map { address in
                told(
                    address, by: address.contains("@") ? mail : address.hasPrefix("+") ? sms : bot, recipient: nil,
                    chance.pick([.heard, .underWay, .held]))
            }
        }
        return known
    }
}
