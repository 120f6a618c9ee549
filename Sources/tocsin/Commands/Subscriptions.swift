// tocsin subscriptions

import ArgumentParser
import Configuration
import Foundation
import Incidents
import JSON
import Ledger
import Routing

struct Subscriptions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists who has asked to hear of what, by which channel, and how often.",
        discussion: """
              tocsin subscriptions
              tocsin subscriptions --json
            """)

    @Flag(help: "One JSON object a line.")
    var json = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        try await option.withLedger { ledger, _ in
            let now = Date()
            let wishes = try await ledger.subscriptions().filter { wish in wish.until.map { now < $0 } ?? true }
            if json {
                for wish in wishes { Terminal.say(Self.line(wish).text) }
            } else if wishes.isEmpty {
                Terminal.say("Nobody has subscribed. (`tocsin subscribe NAME service=payments` does)")
            } else {
                Self.table(wishes, now: now).show()
            }
        }
    }

    private static func table(_ wishes: [Subscription], now: Date) -> Table {
        var table = Table([.init("ID"), .init("WHO"), .init("WHAT", shrinks: true), .init("BY"), .init("WHEN"), .init("UNTIL")])
        for wish in wishes {
            table.add([
                .init(wish.id), .init(name(wish.who)), .init(MatchText.words(wish.match)), .init(wish.via ?? "their own way"),
                .init(CadenceText.words(wish.cadence)), .init(wish.until.map { Moment.short($0, now: now) } ?? "–"),
            ])
        }
        return table
    }

    private static func name(_ who: Subscription.Who) -> String {
        switch who {
        case .person(let name): name
        case .email(let address), .sms(let address): address
        }
    }

    private static func line(_ wish: Subscription) -> JSONLine {
        func time(_ date: Date?) -> JSONValue { date.map { .string(Timestamp.format($0)) } ?? .null }
        let who: JSONValue =
            switch wish.who {
            case .person(let name): .string(name)
            case .email(let address): ["email": .string(address)]
            case .sms(let address): ["sms": .string(address)]
            }
        return JSONLine([
            "id": .string(wish.id), "who": who, "match": .object(wish.match), "via": wish.via.map(JSONValue.string) ?? .null,
            "deliver": .string(CadenceText.words(wish.cadence)), "from": time(wish.from), "until": time(wish.until),
        ])
    }
}

enum CadenceText {
    private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// As in `deliver` of a subscription: `immediate`, `hourly`, `daily 08:00`, `weekly mon 08:00`.
    static func words(_ cadence: Cadence) -> String {
        switch cadence {
        case .immediate: "immediate"
        case .hourly: "hourly"
        case .daily(let minutes): "daily \(time(minutes))"
        case .weekly(let day, let minutes): "weekly \(days.indices.contains(day - 1) ? days[day - 1] : String(day)) \(time(minutes))"
        }
    }

    private static func time(_ minutes: Int) -> String { String(format: "%02d:%02d", minutes / 60, minutes % 60) }
}
