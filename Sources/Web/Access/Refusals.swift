// Lines of the log about what was refused: one a minute for each who is refused, however often they try.

import Foundation
import Logging
import Synchronization

/// Says that somebody was refused, and not too often.
final class Refusals: Sendable {
    static let pause: TimeInterval = 60
    /// More are not told apart.
    private static let limit = 1_000

    private let told = Mutex<[String: (at: Date, suppressed: Int)]>([:])
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    /// - Parameters:
    ///   - key: what is told apart: an address and a kind of refusal.
    ///   - metadata: no secrets.
    func log(_ message: String, key: String, _ metadata: Logger.Metadata, level: Logger.Level = .warning, now: Date) {
        let suppressed: Int? = told.withLock { told in
            if let last = told[key], abs(now.timeIntervalSince(last.at)) < Self.pause {
                told[key] = (last.at, last.suppressed + 1)
                return nil
            }
            if told.count >= Self.limit { told = told.filter { abs(now.timeIntervalSince($0.value.at)) < Self.pause } }
            if told.count >= Self.limit { told.removeAll() }
            defer { told[key] = (now, 0) }
            return told[key]?.suppressed ?? 0
        }
        guard let suppressed else { return }
        var metadata = metadata
        if suppressed > 0 { metadata["again"] = "\(suppressed)" }
        logger.log(level: level, "\(message)", metadata: metadata)
    }
}
