// One part of a broadcast, inside the transaction of its alarm: its deliveries, what it takes back, how far it has come, and
// the alarm for the next part. After a crash the alarm rings again from where the last commit left off.

import Foundation
import GRDB
import Incidents
import Routing

/// What the bell answers for a broadcast.
public struct RungPart: Sendable {
    public var part: BroadcastPart
    /// The lane of each delivery, in their order.
    public var lanes: [String]
    public var alarm: Alarm?

    public init(part: BroadcastPart, lanes: [String] = [], alarm: Alarm? = nil) {
        self.part = part
        self.lanes = lanes
        self.alarm = alarm
    }
}

/// Writes one part.
struct PartTransaction {
    private let database: Database
    private let now: Date
    private var ready: [QueuedDelivery] = []
    private var aside: [Int64] = []
    private var raised: [RaisedHead] = []

    init(_ database: Database, now: Date) {
        self.database = database
        self.now = now
    }

    mutating func write(_ rung: RungPart, tally: inout Tally) throws -> Receipt {
        var broadcast = rung.part.broadcast
        guard let event = try BroadcastTable.sequence(of: broadcast.id, database) else {
            throw RowFault(what: "a broadcast whose event is not there")
        }
        for (index, planned) in rung.part.deliveries.enumerated() {
            let isOwn = planned.origin == .broadcast
            if isOwn, try BroadcastTable.has(event, channel: planned.channel, address: planned.address, database) { continue }
            let lane = index < rung.lanes.count ? rung.lanes[index] : planned.channel
            try insert(
                DeliveryInsertion(planned: planned, lane: lane, event: event, incident: broadcast.incident, created: now), tally: &tally)
            if isOwn { broadcast.reached += 1 }
        }
        var outcomes = OutcomeTransaction(database, now: now)
        for id in rung.part.withdrawn { try outcomes.withdraw(id, why: rung.part.why, tally: &tally) }
        let promoted = try outcomes.recorded()
        try BroadcastTable.write(broadcast, database)
        try AlarmTable.set(rung.alarm, of: .broadcast(broadcast.id), database)
        return .handedOver(
            deliveries: ready + promoted.ready, aside: aside, withdrawn: rung.part.withdrawn + promoted.withdrawn, raised: raised)
    }

    private mutating func insert(_ insertion: DeliveryInsertion, tally: inout Tally) throws {
        guard insertion.planned.intent == .send else {
            try insertion.writeAside(database, tally: &tally)
            aside.append(database.lastInsertedRowID)
            return
        }
        let placed = try insertion.write(database, tally: &tally)
        if let head = placed.raised { raised.append(head) }
        if placed.isBlocked || insertion.planned.due > now { return }
        var reader = DeliveryReader(database, now: now)
        if let delivery = try reader.delivery(placed.id) { ready.append(delivery) }
    }
}

extension OutcomeTransaction {
    /// Takes back what has not gone out. What is under way at this moment goes on, and its outcome counts.
    mutating func withdraw(_ id: Int64, why: String, tally: inout Tally) throws {
        guard let known = try find(id), known.state.isUnfinished else { return }
        if known.state == .held {
            try database.run(
                "UPDATE deliveries SET state = 'superseded', reason = ? WHERE id = ? AND digest IS NULL", [why.storable, id])
            if database.changesCount > 0 {
                tally.move(channel: known.channel, from: DeliveryState.held.rawValue, to: DeliveryState.superseded.rawValue)
            }
            return
        }
        try record(AttemptRecord(delivery: id, at: now, outcome: "", next: .superseded(why, by: nil)), tally: &tally)
    }
}
