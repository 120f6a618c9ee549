// What the writer need not read again: standing wishes, and whether anything waits for the incident of another service.
// Only this process writes them, so what is here is what is in the file: changes enter after COMMIT, never before.

import Foundation
import GRDB
import Incidents
import JSON
import Routing
import Synchronization

/// Known of the file; nil: not read yet. A value, so that a transaction works on a copy of its own.
struct WriterMemory {
    private(set) var silences: Standing<Silence>?
    private(set) var subscriptions: SubscriptionBook?
    /// What was read aside is not the last word any more.
    private var hasChangedSubscriptions = false
    private(set) var snoozes: Standing<Snooze>?
    /// Of the same, by whom they are.
    private var snoozedUntil: [Subscription.Who: Date] = [:]
    private(set) var absences: Standing<Absence>?
    /// Rises with every change of an absence.
    private(set) var absenceChanges = 0
    /// Something may be held until the next word about the incident of a service that it needs.
    var hasDependents: Bool?
    /// Something is known against an address.
    var hasBlocks: Bool?
    /// Conversations are kept, of channels that go on where they began.
    private var hasThreads: Bool?

    mutating func silences(_ database: Database) throws -> Standing<Silence> {
        if let silences { return silences }
        let read = Standing(try StandingTables.silences(database), revision: Revision.next())
        silences = read
        return read
    }

    mutating func subscriptions(_ database: Database) throws -> SubscriptionBook {
        if let subscriptions { return subscriptions }
        let read = try StandingTables.subscriptionBook(database)
        subscriptions = read
        return read
    }

    mutating func absences(_ database: Database) throws -> Standing<Absence> {
        if let absences { return absences }
        let read = Standing(try AbsenceTable.all(database), revision: Revision.next())
        absences = read
        return read
    }

    mutating func snoozes(_ database: Database) throws -> Standing<Snooze> {
        if let snoozes { return snoozes }
        let read = Standing(try StandingTables.snoozes(database), revision: Revision.next())
        snoozes = read
        snoozedUntil = Snooze.untils(read.elements)
        return read
    }

    mutating func snoozedUntil(_ database: Database) throws -> [Subscription.Who: Date] {
        _ = try snoozes(database)
        return snoozedUntil
    }

    mutating func hasDependents(_ database: Database) throws -> Bool {
        if let hasDependents { return hasDependents }
        let found = try database.has(Self.anyDependent, [])
        hasDependents = found
        return found
    }

    mutating func hasBlocks(_ database: Database) throws -> Bool {
        if let hasBlocks { return hasBlocks }
        let found = try !BlockTable.isEmpty(database)
        hasBlocks = found
        return found
    }

    mutating func hasThreads(_ database: Database) throws -> Bool {
        if let hasThreads { return hasThreads }
        let found = try Conversation.hasThreads(database)
        hasThreads = found
        return found
    }

    mutating func noteThread() { hasThreads = true }

    /// Something of it was changed in the file.
    mutating func forgetSilences() { silences = nil }
    mutating func forgetAbsences() {
        absences = nil
        absenceChanges += 1
    }
    mutating func forgetSnoozes() { snoozes = nil }

    /// One was written, or deleted: there are too many to read them all again.
    mutating func keep(_ subscription: Subscription) {
        hasChangedSubscriptions = true
        subscriptions?.set(subscription)
    }
    mutating func forget(subscription id: String) {
        hasChangedSubscriptions = true
        subscriptions?.remove(id)
    }

    /// All of them, as they were read aside; not where one has changed since.
    mutating func adopt(_ book: SubscriptionBook) {
        if subscriptions == nil, !hasChangedSubscriptions { subscriptions = book }
    }

    /// The range of keys that begin with `dependency/`.
    private static let anyDependent = """
        SELECT 1 FROM deliveries INDEXED BY deliveries_held
        WHERE hold_key >= 'dependency/' AND hold_key < 'dependency0' AND \(LedgerSchema.held) LIMIT 1
        """
}

/// Numbers that are never given twice in this process: what was taken back and what took its place have different ones.
enum Revision {
    private static let last = Atomic<Int64>(0)

    static func next() -> Int64 { last.add(1, ordering: .relaxed).newValue }
}
