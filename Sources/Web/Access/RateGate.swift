// How many requests one token makes: `http.rate`.

import Settings
import Synchronization

/// Lets through as many requests as the rates allow, for each who asks.
final class RateGate: Sendable {
    private struct Bucket {
        var left: Double
        var at: Double
    }

    /// By who asks, one bucket for each rate.
    private let buckets = Mutex<[String: (rates: [Rate], buckets: [Bucket])]>([:])
    /// More are not remembered: the oldest knowledge goes.
    private static let limit = 10_000

    /// Takes one request's place.
    ///
    /// - Parameters:
    ///   - who: a token's id, for instance.
    ///   - now: seconds of a clock that only goes forward.
    /// - Returns: nil where it may pass; else the seconds after which the next may.
    func take(_ who: String, rates: [Rate], now: Double) -> Double? {
        if rates.isEmpty { return nil }
        return buckets.withLock { all in
            if all.count > Self.limit { all.removeAll() }
            var entry = all[who] ?? (rates, [])
            if entry.rates != rates || entry.buckets.isEmpty {
                entry = (rates, rates.map { Bucket(left: Double($0.burst), at: now) })
            }
            var wait: Double = 0
            for (index, rate) in rates.enumerated() {
                let speed = Double(rate.count) / rate.seconds
                var bucket = entry.buckets[index]
                bucket.left = min(Double(rate.burst), bucket.left + max(0, now - bucket.at) * speed)
                bucket.at = now
                entry.buckets[index] = bucket
                if bucket.left < 1 { wait = max(wait, (1 - bucket.left) / speed) }
            }
            if wait == 0 { for index in rates.indices { entry.buckets[index].left -= 1 } }
            all[who] = entry
            return wait == 0 ? nil : wait
        }
    }
}
