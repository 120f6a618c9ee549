// What the log says of attempts: an outage once at its beginning and once at its end, and everything that was given up.

import Ledger
import Logging

extension Dispatcher {
    /// Says what is worth saying of an attempt.
    func note(_ record: AttemptRecord, of delivery: QueuedDelivery) {
        if case .delivered = record.next {
            if troubled.remove(delivery.lane) != nil, lanes[delivery.lane]?.breaker.isClosed ?? true {
                logger.notice("gets through again", metadata: ["channel": "\(delivery.channel)"])
            }
            return
        }
        let why = record.trouble
        switch record.next {
        case .retry where troubled.insert(delivery.lane).inserted:
            logger.warning(
                "does not get through; trying again",
                metadata: ["channel": "\(delivery.channel)", "why": "\(why)"].merging(delivery.logged) { $1 })
        case .dead(let reason), .unknown(let reason):
            logger.warning(
                "given up: see `tocsin dead`",
                metadata: [
                    "recipient": "\(delivery.recipient)", "channel": "\(delivery.channel)", "state": "\(record.next.state.rawValue)",
                    "why": "\(reason)",
                ].merging(delivery.logged) { $1 })
        default: break
        }
    }

    /// Says what goes wrong, at most every five seconds: hundreds of attempts may meet the same trouble.
    func complain(_ what: String, _ error: LedgerError) {
        let now = pipeline.clock()
        guard abs(now.timeIntervalSince(lastComplaint)) >= 5 else { return }
        lastComplaint = now
        logger.error("\(what)", metadata: ["error": "\(error)"])
    }
}

extension QueuedDelivery {
    /// By what a line of the log can be found again: the delivery, and its incident where it has one.
    var logged: Logger.Metadata {
        var metadata: Logger.Metadata = ["delivery": "\(id)"]
        if let incident = event.incident?.id ?? event.event.incident?.id { metadata["incident"] = "\(incident)" }
        return metadata
    }
}
