// Bodies: read whole, within bounds of size, time and memory.

import Hummingbird
import NIOCore
import Synchronization

/// How much of bodies may be in memory at a time, of all requests together.
final class BodyBudget: Sendable {
    /// Bytes.
    static let standard = 64 << 20
    /// Of requests that show no token and no session: they cannot take the others' room.
    static let strangers = 16 << 20
    /// What is taken at a time.
    static let step = 1 << 16
    /// For bodies of up to 64 KiB from whoever has a link or signs: those of all servers of this process.
    static let small = BodyBudget(strangers)

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
    /// Bytes of what comes back by a link, a button or a gateway.
    static let small = 1 << 16
    /// Bytes of a form of who is not signed in.
    static let signIn = 8 << 10
    /// What reading NDJSON takes, in its own size: its events are in memory beside it.
    static let linesWeight = 4
    /// Seconds in which a body must have come whole. Where nothing comes at all, the connection's own idle time ends it, and where
    /// nobody reads it, `Connections.request`.
    static let seconds = 30.0
}

extension Request {
    /// Reads the whole body, hands it on, and gives its room back. Room is taken as it comes: who only announces much takes none.
    ///
    /// - Parameters:
    ///   - limit: in bytes.
    ///   - weight: how many bytes of the budget one byte takes.
    ///   - clock: seconds, only forward.
    /// - Throws: `RefusedRequest`: 413, 408, 400 where it was cut short, 503 where too much is being read at the time.
    func withBody<Result>(
        upTo limit: Int, budget: BodyBudget, weight: Int = 1, clock: () -> Double = { Monotonic.seconds },
        _ work: ([UInt8]) async throws -> Result
    ) async throws -> Result {
        let announced = headers[.contentLength].flatMap(Int.init)
        if let announced, announced > limit { throw Self.tooLarge(limit) }
        var room = 0
        defer { budget.giveBack(room * weight) }
        var bytes: [UInt8] = []
        var deadline: Double?
        for try await chunk in body {
            // Nearly every body comes in one piece: then nobody looks at a clock.
            if let deadline {
                if clock() > deadline {
                    throw RefusedRequest(
                        .requestTimeout, "too_slow", "the body did not come whole within \(Int(BodyLimits.seconds)) s"
                    ).closing()
                }
            } else {
                deadline = clock() + BodyLimits.seconds
            }
            let count = bytes.count + chunk.readableBytes
            if count > limit { throw Self.tooLarge(limit) }
            if count > room {
                let whole = (count + BodyBudget.step - 1) / BodyBudget.step * BodyBudget.step
                let more = max(count, min(whole, announced ?? limit)) - room
                guard budget.take(more * weight) else { throw Self.crowded }
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
        let size = limit < 1 << 20 ? "\(limit >> 10) KiB" : "\(limit >> 20) MiB; send it in parts"
        return RefusedRequest(.contentTooLarge, "too_large", "the body may have up to \(size)").closing()
    }

    private static var crowded: RefusedRequest {
        RefusedRequest.tryLater(.serviceUnavailable, "busy", "too many large requests at a time; try again", after: 1).closing()
    }
}
