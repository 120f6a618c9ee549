// Due alarms, inside one transaction: what falls due is raised through the same door as any event, and the next alarm is
// in place when the transaction ends. So a thing is raised once, however often this is repeated.

import Foundation
import GRDB
import Incidents
import Routing

/// The work of one ring.
struct RingTransaction {
    private let database: Database
    private let bell: AlarmBell
    /// Not before this are alarms put that would ring for ever.
    private let soonest: Date
    private let now: Date
    var intake: IntakeTransaction
    private(set) var receipts: [Receipt] = []

    /// Rounds of events that one alarm raises, at most; what is left is raised by the next.
    static let rounds = 32
    /// Seconds after which an alarm rings again that could not be dealt with.
    static let patience: TimeInterval = 60

    init(_ database: Database, cache: IncidentCache, bell: AlarmBell, now: Date) {
        self.database = database
        self.bell = bell
        self.now = now
        soonest = now.addingTimeInterval(Self.patience)
        intake = IntakeTransaction(database, cache: cache)
    }

    /// - Parameter isCareful: a fault of one row keeps back only the alarm that it belongs to.
    mutating func run(_ alarms: [Alarm], isCareful: Bool) throws {
        for alarm in alarms {
            // Something has moved it meanwhile.
            guard let kept = try AlarmTable.alarm(of: alarm.subject, database), kept.due.microseconds <= alarm.due.microseconds else {
                continue
            }
            guard isCareful else {
                try ring(kept)
                continue
            }
            let before = self
            do {
                try database.inSavepoint {
                    try ring(kept)
                    return .commit
                }
            } catch  where LedgerError.isOfOneRow(error) {
                self = before
                try postpone(kept, nil)
                receipts.append(.rejected(LedgerError.rejection(of: error)))
            }
        }
        try intake.tally.write(database)
    }

    private mutating func ring(_ alarm: Alarm) throws {
        var hasRaised = false
        for _ in 0..<Self.rounds {
            let arrivals = try ask(alarm.subject, bell.raise)
            var isNews = false
            for arrival in arrivals {
                let receipt = try intake.accept(PreparedArrival(arrival))
                receipts.append(receipt)
                if case .accepted = receipt { isNews = true }
            }
            // What is known already, or is refused, would be given again and again.
            if !isNews { break }
            hasRaised = true
            // One sign of life: with it on its way, the next would say something else.
            if case .heartbeat = alarm.subject { break }
        }
        if case .broadcast(let id) = alarm.subject, try handOver(id) { return }
        let kept = try AlarmTable.alarm(of: alarm.subject, database)
        if hasRaised, kept?.due.microseconds != alarm.due.microseconds { return }
        try settle(alarm, next: try ask(alarm.subject, bell.alarm))
    }

    /// The next part of a broadcast.
    ///
    /// - Returns: whether there was one; then its alarm is in place.
    private mutating func handOver(_ id: String) throws -> Bool {
        let surroundings = SQLSurroundings(database, memory: intake.memory)
        let rung = try bell.part(id, surroundings)
        intake.memory = surroundings.memory
        guard let rung else { return false }
        var part = PartTransaction(database, now: now)
        receipts.append(try part.write(rung, tally: &intake.tally))
        return true
    }

    /// Sets the alarm of what was left as it is. One that comes to nothing and does not move on would ring for ever: it is
    /// put off, and told.
    private mutating func settle(_ alarm: Alarm, next: Alarm?) throws {
        if let next, next.due < soonest.addingTimeInterval(-Self.patience + 0.001) {
            try postpone(next, incident(alarm.subject))
            receipts.append(.rejected(Rejection(.wrongType, Self.complaint(alarm))))
        } else if let incident = try incident(alarm.subject) {
            try intake.move(next, of: incident)
        } else {
            try AlarmTable.set(next, of: alarm.subject, database)
        }
    }

    private mutating func postpone(_ alarm: Alarm, _ incident: Incident?) throws {
        var alarm = alarm
        alarm.due = max(alarm.due, soonest)
        if let incident { try intake.move(alarm, of: incident) } else { try AlarmTable.set(alarm, of: alarm.subject, database) }
    }

    private mutating func ask<Answer>(
        _ subject: Alarm.Subject, _ question: (Alarm.Subject, Incident?, any Surroundings) throws -> Answer
    ) throws -> Answer {
        let surroundings = SQLSurroundings(database, memory: intake.memory)
        let answer = try question(subject, incident(subject), surroundings)
        intake.memory = surroundings.memory
        return answer
    }

    private func incident(_ subject: Alarm.Subject) throws -> Incident? {
        guard case .incident(let id) = subject else { return nil }
        return try intake.incident(id)
    }

    private static func complaint(_ alarm: Alarm) -> String {
        """
        the alarm `\(alarm.what)` of `\(alarm.subject.stored)` fell due, nothing followed from it, and it asks for the same time \
        again; it was put off by \(Int(patience)) s; please report this
        """
    }
}
