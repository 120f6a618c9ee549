// What became of a run of kills: the ledger's word against what the receivers have in hand.

import CrashPoints
import Foundation
import Sandbox

/// The figures of a run, and everything that should not be.
struct KillVerdict {
    struct Row {
        var id: Int
        var token: String
        var event: String
        var conversation: String
        var state: String
        var successor: Int?
    }

    private(set) var deliveries = 0
    private(set) var receipts = 0
    private(set) var superseded = 0
    /// Copies beyond the first, whatever the cause: a kill, or an answer that was lost or bad.
    private(set) var copies = 0
    /// Received, and not recorded because of a kill between the peer's acceptance and the recorded outcome: comes again,
    /// unless something newer has taken its place by then.
    private(set) var unrecorded = 0
    /// Of one kill, the most.
    private(set) var mostUnrecorded = 0
    /// Seconds from an acceptance to the kill that lost its outcome, the longest.
    private(set) var window: TimeInterval = 0
    private(set) var faults: [String] = []

    init(_ run: KillRun) async throws {
        let rows = try await run.workspace.query(
            """
            SELECT d.id, lower(hex(d.token)), e.id, ifnull(d.incident, '') || ' ' || d.channel || ' ' || d.address, d.state, d.successor
            FROM deliveries d JOIN events e ON e.sequence = d.event ORDER BY d.id
            """
        ).map { Row(id: Int($0[0]) ?? 0, token: $0[1], event: $0[2], conversation: $0[3], state: $0[4], successor: Int($0[5])) }
        deliveries = rows.count
        let arrived = run.sandbox.inbox.all()
        receipts = arrived.count
        judgeArrival(rows, arrived, run)
        judgeOrder(rows, arrived)
        let attempts = try await run.workspace.query(
            "SELECT delivery, at, outcome FROM attempts WHERE outcome IN ('accepted', 'unknown')")
        judgeDoubles(rows, arrived, attempts, run.lives)
    }

    /// Every event is in the ledger, with all its deliveries; each was delivered, or a later one speaks for it; and what
    /// the ledger calls delivered is in a receiver's hand.
    private mutating func judgeArrival(_ rows: [Row], _ arrived: [ReceivedMessage], _ run: KillRun) {
        let byEvent = Dictionary(grouping: rows, by: \.event)
        for (event, expected) in run.events where byEvent[event]?.count ?? 0 != expected.addresses {
            faults.append("event \(event) has \(byEvent[event]?.count ?? 0) deliveries, not \(expected.addresses)")
        }
        let inHand = Set(arrived.compactMap(\.token))
        let byID = Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
        for row in rows {
            var last = row
            while last.state == "superseded", let successor = last.successor.flatMap({ byID[$0] }) { last = successor }
            if last.state != "delivered" { faults.append("delivery \(row.id) ended as \(row.state), its last successor as \(last.state)") }
            if row.state == "superseded" { superseded += 1 }
            if row.state == "delivered", !inHand.contains(row.token) { faults.append("delivery \(row.id) is delivered, and nobody has it") }
        }
    }

    private mutating func judgeOrder(_ rows: [Row], _ arrived: [ReceivedMessage]) {
        let byToken = Dictionary(rows.map { ($0.token, $0) }) { first, _ in first }
        var seen: Set<String> = []
        var newest: [String: Row] = [:]
        for message in arrived {
            guard let row = message.token.flatMap({ byToken[$0] }) else {
                faults.append("\(message.receiver) has a message that is in no ledger")
                continue
            }
            guard seen.insert(row.token).inserted else { continue }
            if let before = newest[row.conversation], Self.number(before) > Self.number(row) {
                faults.append("\(row.conversation): event \(row.event) arrived after \(before.event)")
            }
            newest[row.conversation] = row
        }
    }

    /// In each life, each delivery was received as often as the ledger says, or once more where that life ended by a kill.
    private mutating func judgeDoubles(_ rows: [Row], _ arrived: [ReceivedMessage], _ attempts: [[String]], _ lives: [Life]) {
        func life(_ time: Date) -> Int { (lives.lastIndex { $0.began <= time }) ?? 0 }
        var recorded: [String: Int] = [:]
        for attempt in attempts {
            let time = Date(timeIntervalSince1970: (Double(attempt[1]) ?? 0) / 1e6)
            recorded["\(attempt[0]) \(life(time))", default: 0] += 1
        }
        let byToken = Dictionary(rows.map { ($0.token, $0) }) { first, _ in first }
        var received: [String: [Date]] = [:]
        var total: [Int: Int] = [:]
        for message in arrived {
            guard let row = message.token.flatMap({ byToken[$0] }) else { continue }
            received["\(row.id) \(life(message.at))", default: []].append(message.at)
            total[row.id, default: 0] += 1
        }
        var lost: [Int: Int] = [:]
        for (key, times) in received {
            let surplus = times.count - recorded[key, default: 0]
            guard surplus > 0, let index = key.split(separator: " ").last.flatMap({ Int($0) }) else { continue }
            lost[index, default: 0] += surplus
            if surplus > 1 || !lives[index].wasKilled || lives[index].point.map({ $0 == .drained || $0 == .closed }) ?? false {
                let id = key.split(separator: " ").first.map(String.init) ?? ""
                let row = rows.first { String($0.id) == id }
                let began = lives[index].began
                let at = attempts.filter { $0[0] == id }.map {
                    "\(Int((Double($0[1]) ?? 0) / 1000 - began.timeIntervalSince1970 * 1000)) \($0[2])"
                }
                let all = arrived.filter { $0.token == row?.token }.map { Int($0.at.timeIntervalSince(began) * 1000) }
                faults.append(
                    "delivery \(id) of \(row?.conversation ?? "") in life \(index) (\(lives[index].point?.rawValue ?? "random")): received "
                        + "\(times.count) times, recorded \(recorded[key, default: 0]); in ms of that life received \(all), sent \(at), ended "
                        + "\(Int(lives[index].ended.timeIntervalSince(began) * 1000))")
            }
            if let last = times.max() { window = max(window, lives[index].ended.timeIntervalSince(last)) }
        }
        unrecorded = lost.values.reduce(0, +)
        mostUnrecorded = lost.values.max() ?? 0
        copies = total.values.reduce(0) { $0 + $1 - 1 }
    }

    private static func number(_ row: Row) -> Int { Int(row.event.dropFirst()) ?? 0 }
}

extension ReceivedMessage {
    /// The delivery's identity, which every attempt of it carries.
    var token: String? {
        if let key = header("Idempotency-Key") { return key }
        return header("Message-ID").flatMap { $0.dropFirst().split(separator: "@").first.map(String.init) }
    }
}
