// What time alone will bring about for one incident, if nothing else happens. Each facet finds its own items; of each, the
// first is what is to be raised next, and the others only tell what would come after it.

import Foundation
import Incidents

/// One thing that time brings about.
struct AgendaItem: Sendable {
    /// When it falls due, or fell due.
    var at: Date
    var raised: Raised
    /// In words, for `change.reason`.
    var reason: String?
    var message: String?
    /// The reason, part by part, for whoever reads it in another language.
    var grounds: [Ground] = []
    /// The target of a promise, where it is one: what its clock runs from.
    var start: Date?
    /// Steps: it has run before.
    var isAgain = false

    /// For people, as in `Alarm.what`.
    var what: String {
        switch raised {
        case .warning(let target), .missedWarning(let target): "\(target.rawValue) is at risk"
        case .breach(let target): "\(target.rawValue) breaches"
        case .step(_, let step, _): "escalation step \(step + 1)\(isAgain ? " again" : "")"
        case .unanswered: "escalation ends unanswered"
        case .gap(let number): "update reminder \(number)"
        case .gapIgnored: "update reminders are ignored"
        case .report: "status report"
        case .again(let route): "route \(route) again"
        case .flapping: "flapping"
        case .calm: "calm after flapping"
        case .stillOpen: "still open"
        case .silenceEnding: "silence is about to end"
        case .silenceEnded: "silence ends"
        case .lead: "communication lead is told"
        case .response: "new owner is told"
        case .handover(let rotation): "hand-over of \(rotation)"
        case .approvalWanted, .broadcastOver: "broadcast"
        case .addressLost: "address lost"
        case .heartbeat: "sign of life"
        case .neglected: "nobody has touched it"
        }
    }
}

/// The agenda of one incident, by one configuration, at one moment.
struct IncidentAgenda {
    let table: RoutingTable
    let incident: Incident
    let now: Date
    let severity: Severity
    /// Nil where nothing is promised.
    let clocks: SLAClocks?

    /// - Parameter clocks: nil: as the table has them.
    init(_ table: RoutingTable, _ incident: Incident, now: Date, clocks: SLAClocks? = nil) {
        self.table = table
        self.incident = incident
        self.now = now
        severity = incident.severity(on: table.scale, assumed: table.assumedSeverity)
        self.clocks = clocks ?? table.clocks(of: incident, now: now)
    }

    var course: Course { incident.course }

    /// Everything, the earliest first. Of what falls due at the same time, a report comes first: it is a word, and the
    /// clock of `update` need not be told any more.
    var items: [AgendaItem] {
        guard incident.isOpen else { return flapping }
        var all = responsibility + report
        all += table.slaEntries(of: incident, clocks: clocks ?? SLAClocks(), now: now)
        all += gap + escalation + repeats + flapping
        // Stable: the order above holds for what falls due together.
        return all.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    /// What is to be raised now; nil: nothing is due.
    var due: AgendaItem? {
        let due = items.filter { $0.at <= now }
        // However late: what it says is as of now, and makes reminders to say something needless.
        return due.first { $0.raised == .report } ?? due.first
    }

    /// When the clock is to look again for an item: not in the past.
    func alarm(for item: AgendaItem) -> Date { item.at <= now ? now : item.at.wholeMillisecondsUp }
}

extension Date {
    /// In whole milliseconds, not earlier: what is due at a moment is due by then, however the ledger keeps its time.
    var wholeMillisecondsUp: Date {
        let milliseconds = (timeIntervalSince1970 * 1_000).rounded(.up)
        let date = Date(timeIntervalSince1970: milliseconds / 1_000)
        return date < self ? Date(timeIntervalSince1970: (milliseconds + 1) / 1_000) : date
    }
}
