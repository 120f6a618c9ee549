// What is counted of attempts.

import Foundation
import Ledger
import Metrics

extension Dispatcher {
    func count(_ record: AttemptRecord, of delivery: QueuedDelivery) {
        guard !record.outcome.isEmpty else { return }
        let metrics = channelMetrics[delivery.channel] ?? ChannelMetrics(delivery.channel)
        channelMetrics[delivery.channel] = metrics
        metrics.count(record.outcome)
        metrics.time.recordMilliseconds(record.milliseconds)
        guard case .delivered = record.next else { return }
        // What was held counts from when it was released: it waited on purpose.
        let start = delivery.attempts == 0 ? delivery.due : delivery.firstAttempt ?? delivery.created
        let seconds = record.at.timeIntervalSince(start) + Double(record.milliseconds) / 1_000
        let severity = delivery.event.severity ?? "none"
        let latency = latencies[severity] ?? Metrics.Timer(label: RouterMetric.latency.rawValue, dimensions: [("severity", severity)])
        latencies[severity] = latency
        latency.recordSeconds(max(0, seconds))
    }
}
