// Who is on duty now and next, and who is away: what `tocsin status` and the page show.

import Foundation
import Routing

/// Who is there, by the configuration and the ledger.
public struct DutyNow: Sendable {
    /// One rotation.
    public struct Row: Sendable {
        public var rotation: Rotation
        public var turn: Rotation.Turn?
        /// Deputies counted.
        public var person: String?
        public var next: Rotation.Turn?
    }

    public private(set) var rows: [Row] = []
    /// Now and to come, the first to begin first.
    public private(set) var absences: [Absence]
    public let presence: Presence
    public let now: Date

    /// - Parameter absences: as the ledger has them.
    public init(_ table: RoutingTable, absences: [Absence], now: Date) {
        self.now = now
        self.absences = absences.filter { $0.until > now }.sorted { ($0.from, $0.who) < ($1.from, $1.who) }
        presence = table.presence(absences: absences, now: now)
        rows = table.people.rotations.values.sorted { $0.name < $1.name }.map { rotation in
            Row(
                rotation: rotation, turn: rotation.turn(at: now), person: presence.onDuty(rotation.name), next: rotation.turn(after: now))
        }
    }
}
