// A broadcast as its commands show it.

import Foundation
import Incidents
import JSON
import Ledger
import Router
import Routing

enum BroadcastReport {
    static func table(_ rows: [BroadcastRow], now: Date) -> Table {
        var table = Table([
            .name("ID"), .init("STATE"), Moment.column("SINCE", now: now), .init("BY"), .init("AUDIENCE", shrinks: true),
            .init("DELIVERED"),
            .init("WAITING"), .init("FAILED"), .init("SUBJECT", shrinks: true),
        ])
        for row in rows {
            let broadcast = row.broadcast
            table.add([
                .init(broadcast.id), .init(broadcast.state.rawValue, colour(broadcast.state)),
                .init(Moment.cell(broadcast.started ?? broadcast.created, now: now)), .init(broadcast.by ?? "–"),
                .init(audience(broadcast)),
                .init("\(row.count(.delivered))"), .init("\(row.count(.pending, .retrying, .held))"),
                .init("\(row.count(.dead, .unknown, .expired))"), .init(row.subject ?? firstLine(row.message)),
            ])
        }
        return table
    }

    /// - Parameter reach: of one that waits for its approval.
    static func show(_ row: BroadcastRow, _ failures: [BroadcastFailure], _ reach: BroadcastReach?, now: Date = Date()) {
        func say(_ name: String, _ text: String?) {
            guard let text else { return }
            Terminal.say(Terminal.clean(name.padding(toLength: 12, withPad: " ", startingAt: 0) + text, keepLines: true))
        }
        let broadcast = row.broadcast
        Terminal.say(Terminal.coloured(Terminal.clean("broadcast \(broadcast.id)"), .bold))
        say("state", state(broadcast, now: now))
        say("by", broadcast.by)
        say("audience", audience(broadcast))
        say("incident", broadcast.incident)
        say("corrects", broadcast.corrects)
        if let decided = broadcast.decidedBy, !broadcast.state.isOver || broadcast.state == .sent { say("approved by", decided) }
        say("began", broadcast.started.map { "\(Moment.short($0, now: now)) (\(Moment.relative($0, now: now)))" })
        say("addresses", reach.map { "\($0.words), as it is now" } ?? "\(row.total.values.reduce(0, +))")
        if row.isUnderWay, broadcast.started != nil { say("so far", BroadcastProgress.line(row)) }
        if !row.counts.isEmpty {
            Terminal.say("")
            counts(row).show()
        }
        if !failures.isEmpty {
            Terminal.say("")
            var table = Table([.init("COUNT"), .init("CHANNEL"), .init("STATE"), .init("WHY", shrinks: true, most: 160)])
            for one in failures { table.add([.init("\(one.count)"), .init(one.channel), .init(one.state.rawValue), .init(one.reason)]) }
            table.show()
        }
        Terminal.say("")
        if let subject = row.subject { Terminal.say(Terminal.coloured(Terminal.clean(subject), .bold)) }
        Terminal.say(Terminal.clean(row.message, keepLines: true))
    }

    static func line(_ row: BroadcastRow) -> JSONLine {
        let broadcast = row.broadcast
        func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
        func time(_ date: Date?) -> JSONValue { date.map { .string(Timestamp.format($0)) } ?? .null }
        func counts(_ counts: [DeliveryState: Int]) -> JSONValue {
            .object(Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, .integer($0.value)) }))
        }
        return JSONLine([
            "id": .string(broadcast.id), "state": .string(broadcast.state.rawValue), "by": text(broadcast.by),
            "audience": .array(broadcast.audience.map(JSONValue.string)), "match": .object(broadcast.match),
            "incident": text(broadcast.incident), "template": text(broadcast.template), "urgent": .bool(broadcast.isUrgent),
            "corrects": text(broadcast.corrects), "subject": text(row.subject), "message": .string(row.message),
            "decided_by": text(broadcast.decidedBy), "reason": text(broadcast.reason), "created_at": time(broadcast.created),
            "started_at": time(broadcast.started), "until": time(broadcast.until), "reached": .integer(broadcast.reached),
            "deliveries": counts(row.total),
            "channels": .object(row.counts.mapValues { counts($0) }),
        ])
    }

    private static func counts(_ row: BroadcastRow) -> Table {
        let states = DeliveryState.allCases.filter { (row.total[$0] ?? 0) > 0 }
        var table = Table([.init("CHANNEL")] + states.map { .init($0.rawValue.uppercased()) })
        for (channel, counts) in row.counts.sorted(by: { $0.key < $1.key }) {
            table.add([.init(channel)] + states.map { .init("\(counts[$0] ?? 0)") })
        }
        return table
    }

    private static func audience(_ broadcast: Broadcast) -> String {
        if let corrects = broadcast.corrects { return "whom \(corrects) reached" }
        let match = broadcast.match.isEmpty ? "" : " (\(MatchText.words(broadcast.match)))"
        return broadcast.audience.joined(separator: ", ") + match
    }

    private static func state(_ broadcast: Broadcast, now: Date) -> String {
        switch broadcast.state {
        case .waiting: "waiting for an approval\(broadcast.until.map { ", expires \(Moment.relative($0, now: now))" } ?? "")"
        case .cooling: "cooling: goes out \(broadcast.until.map { Moment.relative($0, now: now) } ?? "soon")"
        case .sending: "sending"
        case .sent: "sent\(broadcast.reason.map { " (\($0))" } ?? "")"
        case .refused, .expired, .stopped: broadcast.ending
        }
    }

    private static func colour(_ state: Broadcast.State) -> Terminal.Colour? {
        switch state {
        case .waiting, .cooling: .yellow
        case .sending: .blue
        case .sent: .green
        case .refused, .expired, .stopped: .grey
        }
    }

    private static func firstLine(_ text: String) -> String { text.split(separator: "\n").first.map(String.init) ?? "" }
}
