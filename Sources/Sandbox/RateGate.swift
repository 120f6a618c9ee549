// The published rates, as windows: so many in so many seconds, for each destination.

import Foundation
import Synchronization

final class RateGate: Sendable {
    struct Window {
        var count: Int
        var seconds: TimeInterval
    }

    private let times = Mutex<[String: [TimeInterval]]>([:])

    /// Nil where one more may pass now; else the whole seconds to wait. What is refused does not count.
    func wait(_ destination: String, _ windows: [Window], now: Date) -> Int? {
        let now = now.timeIntervalSinceReferenceDate
        return times.withLock { times in
            let longest = windows.map(\.seconds).max() ?? 0
            var passed = (times[destination] ?? []).filter { $0 > now - longest }
            var wait: TimeInterval = 0
            for window in windows {
                let inside = passed.filter { $0 > now - window.seconds }
                if inside.count >= window.count {
                    wait = max(wait, inside[inside.count - window.count] + window.seconds - now)
                }
            }
            if wait > 0 { return max(1, Int(wait.rounded(.up))) }
            passed.append(now)
            times[destination] = passed
            return nil
        }
    }
}

extension RateGate {
    /// Slack: one message a second for each webhook or channel.
    static let slack = [Window(count: 1, seconds: 1)]
    /// Slack: `chat.update`, 50 a minute.
    static let slackUpdate = [Window(count: 50, seconds: 60)]
    /// Teams: 4 a second, 60 in 30 s, 100 an hour, 1,800 a day.
    static let teams = [
        Window(count: 4, seconds: 1), Window(count: 60, seconds: 30), Window(count: 100, seconds: 3_600),
        Window(count: 1_800, seconds: 86_400),
    ]
}
