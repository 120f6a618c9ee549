// The sign of life to the outside: calls `heartbeat.url` at each beat, but only while Tocsin is well. What listens there
// notices when nothing comes any more, whatever the reason. The URL is a secret: neither it nor what answers is logged.

import Foundation
import Logging
import ServiceLifecycle
import Settings
import Transport

/// Beats.
struct Heart: Service {
    /// Tries to a beat.
    static let tries = 3
    /// Seconds between two tries, at most.
    static let longestPause: TimeInterval = 10
    /// Seconds between two looks at the configuration, at most.
    static let grain: TimeInterval = 1

    let setup: CurrentSetup
    let logger: Logger
    /// Why nothing is sent now; nil: all is well.
    let fault: @Sendable () -> String?
    let send: @Sendable (HTTPRequest) async -> HTTPResult

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last: ContinuousClock.Instant?
            var trouble: String?
            while !Task.isCancelled {
                let heartbeat = self.setup.value.configuration.heartbeat
                if let heartbeat, let url = heartbeat.url, last.map({ $0.duration(to: .now) >= .seconds(heartbeat.every) }) ?? true {
                    // At the start it waits until all is well, and says nothing of that.
                    let isStarting = last == nil && self.fault() != nil
                    if !isStarting {
                        last = .now
                        trouble = self.tell(await self.beat(url, every: heartbeat.every), before: trouble)
                    }
                }
                try? await Task.sleep(for: .seconds(Self.grain))
            }
        }
    }

    /// One beat.
    ///
    /// - Returns: why it did not get there; nil: it did.
    func beat(_ url: Secret, every: TimeInterval) async -> String? {
        var trouble: String?
        for number in 1...Self.tries {
            if let fault = fault() { return "withheld, because Tocsin is not well: \(fault)" }
            let request = HTTPRequest(
                method: "GET", url: url.reveal(), headers: [("User-Agent", "tocsin")], timeout: min(10, max(2, every / 4)),
                destination: "heartbeat", connections: 1)
            switch await send(request) {
            case .answered(let response) where (200..<300).contains(response.status): return nil
            case .answered(let response): trouble = "it answered \(response.status)"
            case .failed(let failure): trouble = failure.detail
            }
            guard number < Self.tries, !Task.isCancelled else { break }
            try? await Task.sleep(for: .seconds(min(Self.longestPause, every / 6)))
        }
        return trouble
    }

    /// Says what is new: trouble, and its end.
    private func tell(_ trouble: String?, before: String?) -> String? {
        if let trouble, trouble != before { logger.warning("`heartbeat.url` was not reached", metadata: ["why": "\(trouble)"]) }
        if trouble == nil, before != nil { logger.notice("`heartbeat.url` is reached again") }
        return trouble
    }
}
