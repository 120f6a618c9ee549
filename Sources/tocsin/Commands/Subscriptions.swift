// tocsin subscriptions

import ArgumentParser
import Foundation
import Incidents
import JSON
import Ledger
import Router
import Routing
import Settings

struct Subscriptions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists who has asked to hear of what, by which channel, and how often.",
        discussion: """
            An address that is not in routes.yaml waits until it is confirmed; it hears nothing before.

              tocsin subscriptions
              tocsin subscriptions --who ana
              tocsin subscriptions --all --json
            """)

    @Option(help: "Only those of this person or address.")
    var who: String?

    @Flag(help: "Those that have ended, too, for as long as they are kept.")
    var all = false

    @Flag(help: "One JSON object a line.")
    var json = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        try await option.withLedger { ledger, configuration in
            let now = Date()
            var wishes: [Subscription]
            if let who {
                wishes = try await ledger.subscriptions(of: try WhoArgument(who, configuration, mustBeListed: false).who)
            } else {
                wishes = try await ledger.subscriptions()
            }
            if !all { wishes = wishes.filter { $0.state(at: now) != .ended } }
            if json {
                Terminal.sayAll(wishes.lazy.map { Self.line($0, now: now).text })
            } else if wishes.isEmpty {
                Terminal.say(
                    who.map { "\(Terminal.clean($0)) has no subscription." }
                        ?? "Nobody has subscribed. (`tocsin subscribe NAME service=payments` does)")
            } else {
                Terminal.sayAll(Self.table(wishes, now: now).lines())
            }
        }
    }

    private static func table(_ wishes: [Subscription], now: Date) -> Table {
        var table = Table([
            .name("ID", shrinks: true), .init("WHO", shrinks: true), .init("WHAT", shrinks: true), .init("BY", shrinks: true),
            .init("WHEN"), .init("STATE"),
        ])
        for wish in wishes {
            let (words, colour) = state(wish, now: now)
            table.add([
                .init(wish.id), .init(wish.who.text), .init(MatchText.words(wish.match)),
                .init(wish.via ?? (wish.who.isPerson ? "their own way" : wish.who.kind?.rawValue ?? "")),
                .init(CadenceText.words(wish.cadence)), .init(words, colour),
            ])
        }
        return table
    }

    /// `active`, `active until 24 Dec 09:00`, `waits for confirmation`, `from 24 Dec 09:00`, `ended`.
    private static func state(_ wish: Subscription, now: Date) -> (String, Terminal.Colour?) {
        let end = wish.until.map { " until \(Moment.short($0, now: now))" } ?? (wish.follows == nil ? "" : " until it ends")
        switch wish.state(at: now) {
        case .active: return ("active\(end)", nil)
        case .planned: return ("from \(wish.from.map { Moment.short($0, now: now) } ?? "")\(end)", nil)
        case .unconfirmed: return ("waits for confirmation", .yellow)
        case .ended: return (wish.isConfirmed ? "ended" : wish.leftAt == nil ? "was not confirmed" : "was left", .grey)
        }
    }

    private static func line(_ wish: Subscription, now: Date) -> JSONLine {
        func time(_ date: Date?) -> JSONValue { date.map { .string(Timestamp.format($0)) } ?? .null }
        return JSONLine([
            "id": .string(wish.id), "who": wish.who.json, "match": .object(wish.match), "via": wish.via.map(JSONValue.string) ?? .null,
            "deliver": .string(CadenceText.words(wish.cadence)), "from": time(wish.from), "until": time(wish.until),
            "follows": wish.follows.map(JSONValue.string) ?? .null, "state": .string(wish.state(at: now).rawValue),
            "confirmed": .bool(wish.isConfirmed), "confirm_by": time(wish.confirmBy),
            "limit": wish.limit.map { .string("\($0.count) per \(DurationText.text($0.window))") } ?? .null,
        ])
    }
}
