// The seams of the way out: what a channel and the ledger each want to know of a delivery.

import Delivery
import Foundation
import Incidents
import Ledger
import Rendering
import Routing
import Settings

/// What came of an attempt: what to record, and what it says of the destination.
struct Attempt: Sendable {
    var record: AttemptRecord
    /// How long the peer asked its whole destination to pause, in seconds.
    var retryAfter: TimeInterval?
    /// Nil: nothing was sent, or it says nothing.
    var isHealthy: Bool?

    init(_ record: AttemptRecord, retryAfter: TimeInterval? = nil, isHealthy: Bool? = nil) {
        self.record = record
        self.retryAfter = retryAfter
        self.isHealthy = isHealthy
    }
}

extension AttemptRecord {
    /// What went wrong, in a line.
    var trouble: String { [code, reason, detail].compactMap(\.self).joined(separator: ": ") }
}

extension Disposition {
    /// Why it ended so, in words.
    var explanation: String? {
        switch self {
        case .dead(let why), .unknown(let why), .expired(let why), .superseded(let why, _): why
        case .delivered, .retry, .overtaken: nil
        }
    }
}

extension Parcel {
    init(
        _ delivery: QueuedDelivery, message: Message, date: Date, leaving: Leaving?, receipt: Secret?, configuration: RouterConfiguration,
        absences: [Absence]
    ) {
        self.init(
            token: delivery.token, address: delivery.address, message: message, incident: delivery.event.incident?.id,
            isFirst: delivery.isFirst, date: date, thread: delivery.thread?.root, subject: delivery.thread?.subject,
            part: delivery.part(by: configuration.scale),
            room: configuration.room(of: delivery, absences: absences, now: date), leaving: leaving, receipt: receipt)
    }
}

extension ThreadRoot {
    /// Nil where the conversation goes on as before.
    fileprivate init?(_ report: AttemptReport) {
        guard case .accepted = report.outcome, report.root != nil || report.subject != nil else { return nil }
        self.init(root: report.root, subject: report.subject)
    }
}

extension Outcome {
    /// How this outcome counts towards a channel's `unknown_resends`.
    var unknowns: Int {
        if case .unknown = self { return 1 }
        return 0
    }

    /// The outcome's word, and the reason's, as the ledger keeps them.
    var words: (outcome: String, reason: String?) {
        switch self {
        case .accepted: ("accepted", nil)
        case .deferred(let reason, _): ("deferred", reason.rawValue)
        case .refused(let reason): ("refused", reason.rawValue)
        case .unknown(let reason): ("unknown", reason.rawValue)
        }
    }

    var remoteID: String? {
        if case .accepted(let id) = self { return id }
        return nil
    }
}

extension AttemptRecord {
    init(
        _ delivery: QueuedDelivery, report: AttemptReport, degraded: String?, started: Date, ended: Date, next: NextStep
    ) {
        let words = report.outcome.words
        let next: Disposition =
            switch next {
            case .delivered: .delivered
            case .retry(let at): .retry(at: at)
            case .dead(let reason): .dead(reason)
            case .unknown(let reason): .unknown(reason)
            }
        self.init(
            delivery: delivery.id, at: started, milliseconds: max(0, Int((ended.timeIntervalSince(started) * 1000).rounded())),
            outcome: words.outcome, code: report.code, reason: words.reason, detail: report.detail, remoteID: report.outcome.remoteID,
            thread: ThreadRoot(report), degraded: report.degraded ?? degraded, next: next)
    }

    /// A delivery that is not worth sending any more: it ends without being tried.
    static func unsent(_ delivery: QueuedDelivery, at: Date, _ ending: Disposition) -> AttemptRecord {
        AttemptRecord(delivery: delivery.id, at: at, outcome: "", next: ending)
    }

    /// A delivery whose channel is gone: refused here.
    static func withoutChannel(_ delivery: QueuedDelivery, at: Date) -> AttemptRecord {
        let why = "channel `\(delivery.channel)` is no longer in routes.yaml"
        return AttemptRecord(
            delivery: delivery.id, at: at, outcome: "refused", reason: Reason.badConfiguration.rawValue, detail: why, next: .dead(why))
    }
}
