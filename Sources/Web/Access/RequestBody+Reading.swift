// Bodies: read whole, within bounds of size, time and memory.

import Hummingbird
import NIOCore
import Synchronization

/// How much of bodies may be in memory at a time, of all requests together.
final class BodyBudget: Sendable {
    /// Bytes.
    static let standard = 64 << 20

    private let left: Mutex<Int>

    init(_ bytes: Int = standard) { left = Mutex(bytes) }

    func take(_ bytes: Int) -> Bool {
        left.withLock { left in
            guard left >= bytes else { return false }
            left -= bytes
            return true
        }
    }

    func giveBack(_ bytes: Int) { left.withLock { $0 += bytes } }
}

enum BodyLimits {
    /// Bytes of one event, of an array, or of what a tool sends.
    static let document = 1 << 20
    /// Bytes of NDJSON.
    static let lines = 8 << 20
    /// Seconds in which a body must have come whole. Where nothing comes at all, the connection's own idle time ends it.
    static let seconds = 30.0
}

extension Request {
    /// Reads the whole body, hands it on, and gives its room back.
    ///
    /// - Parameter limit: in bytes.
    /// - Throws: `RefusedRequest`: 413, 408, 400 where it was cut short, 503 where too much is being read at the time.
    func withBody<Result>(upTo limit: Int, budget: BodyBudget, _ work: ([UInt8]) async throws -> Result) async throws -> Result {
        let announced = headers[.contentLength].flatMap(Int.init)
        if let announced, announced > limit { throw Self.tooLarge(limit) }
        var room = min(announced ?? 1 << 16, limit)
        guard budget.take(room) else { throw Self.crowded }
        defer { budget.giveBack(room) }
        var bytes: [UInt8] = []
        if let announced { bytes.reserveCapacity(announced) }
        var deadline: Double?
        for try await chunk in body {
            // Nearly every body comes in one piece: then nobody looks at a clock.
            if let deadline {
                if Monotonic.seconds > deadline {
                    throw RefusedRequest(
                        .requestTimeout, "too_slow", "the body did not come whole within \(Int(BodyLimits.seconds)) s"
                    ).closing()
                }
            } else {
                deadline = Monotonic.seconds + BodyLimits.seconds
            }
            if bytes.count + chunk.readableBytes > limit { throw Self.tooLarge(limit) }
            if bytes.count + chunk.readableBytes > room {
                let more = min(max(room, chunk.readableBytes), limit)
                guard budget.take(more) else { throw Self.crowded }
                room += more
            }
            bytes += chunk.readableBytesView
        }
        if let announced, bytes.count < announced {
            throw RefusedRequest(.badRequest, "cut_short", "the body ended before its Content-Length").closing()
        }
        return try await work(bytes)
    }

    private static func tooLarge(_ limit: Int) -> RefusedRequest {
        RefusedRequest(.contentTooLarge, "too_large", "the body may have up to \(limit >> 20) MiB; send it in parts").closing()
    }

    private static var crowded: RefusedRequest {
        RefusedRequest.tryLater(.serviceUnavailable, "busy", "too many large requests at a time; try again", after: 1).closing()
    }
}
