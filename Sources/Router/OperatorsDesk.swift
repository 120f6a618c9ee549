// Tells `router.operators` of Tocsin's own troubles. What it tells is an event like any other, so it is recorded,
// routed and delivered by the same path. Throttled: the first trouble is told at once, what follows is gathered.

import Foundation
import Incidents
import JSON
import Ledger
import Logging
import ServiceLifecycle
import Spool
import Synchronization

/// Gathers troubles and raises `operations` events about them.
public final class OperatorsDesk: Service {
    /// Seconds between two notices of one kind.
    static let interval: TimeInterval = 300

    /// The kinds of trouble, each throttled by itself.
    enum Kind: String, Sendable, CaseIterable {
        case rejected
        case channelGone = "channel_gone"
    }

    private struct Gathered {
        var lines: [String] = []
        var count = 0
        var lastTold: Date?
    }

    private let gathered = Mutex<[Kind: Gathered]>([:])
    private let bell = Bell()
    private let clock: @Sendable () -> Date

    public init(clock: @escaping @Sendable () -> Date = { Date() }) { self.clock = clock }

    /// Where the notices go; set once, before `run`.
    private let outlet = Mutex<(@Sendable (Event) async -> Bool)?>(nil)

    /// - Parameter deliver: makes a notice durable; false where that failed.
    func connect(_ deliver: @escaping @Sendable (Event) async -> Bool) { outlet.withLock { $0 = deliver } }

    /// A file, or lines of it, could not be accepted.
    func rejected(_ settled: SettledFile) {
        // Only what was, or may have been, about an incident: a folder or a silence with a mistake wakes nobody.
        guard let first = settled.rejected.first(where: \.mayConcernAnIncident) else { return }
        let more = settled.rejected.count > 1 ? " (and \(settled.rejected.count - 1) more in this file)" : ""
        note(.rejected, "\(settled.file.name): \(first.rejection)\(more)")
    }

    func channelIsGone(_ channel: String) {
        note(.channelGone, "channel `\(channel)` is no longer in routes.yaml; what still waited for it is dead")
    }

    private func note(_ kind: Kind, _ line: String) {
        gathered.withLock { gathered in
            gathered[kind, default: Gathered()].count += 1
            if gathered[kind, default: Gathered()].lines.count < 5 { gathered[kind, default: Gathered()].lines.append(line) }
        }
        bell.ring()
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskCancellationHandler {
                while !Task.isCancelled {
                    await self.tell()
                    await self.bell.wait(until: self.nextNotice)
                }
            } onCancel: {
                self.bell.ring()
            }
        }
        // What was gathered must not go with the process: it is recorded now, and told at the next start.
        _ = await Task { await self.tell(evenTooSoon: true) }.value
    }

    /// Raises what may be told now.
    ///
    /// - Parameter evenTooSoon: do not wait for the interval to pass.
    /// - Returns: whether anything was raised.
    @discardableResult
    func tell(evenTooSoon: Bool = false) async -> Bool {
        let now = clock()
        var hasTold = false
        for kind in Kind.allCases {
            let notice: Gathered? = gathered.withLock { gathered in
                guard let waiting = gathered[kind], waiting.count > 0 else { return nil }
                if let last = waiting.lastTold, !evenTooSoon, abs(now.timeIntervalSince(last)) < Self.interval { return nil }
                gathered[kind] = Gathered(lastTold: now)
                return waiting
            }
            guard let notice else { continue }
            let wasTold = await outlet.withLock { $0 }?(Self.event(kind, lines: notice.lines, count: notice.count, now: now))
            if wasTold == false { putBack(notice, kind, now: now) } else { hasTold = true }
        }
        return hasTold
    }

    /// A notice that could not be recorded is tried again in ten seconds.
    private func putBack(_ notice: Gathered, _ kind: Kind, now: Date) {
        gathered.withLock { gathered in
            let since = gathered[kind] ?? Gathered()
            gathered[kind] = Gathered(
                lines: Array((notice.lines + since.lines).prefix(5)), count: notice.count + since.count,
                lastTold: now.addingTimeInterval(10 - Self.interval))
        }
    }

    private var nextNotice: Date? {
        gathered.withLock { gathered in
            gathered.values.filter { $0.count > 0 }.compactMap { $0.lastTold?.addingTimeInterval(Self.interval) }.min()
        }
    }

    private static func event(_ kind: Kind, lines: [String], count: Int, now: Date) -> Event {
        let head =
            switch kind {
            case .rejected:
                (count == 1 ? "A file was rejected" : "\(count) files were rejected")
                    + ".\nNobody has been told what is in \(count == 1 ? "it" : "them"). `tocsin rejected` says why, and `tocsin requeue NAME` "
                    + "puts a file back once it is mended."
            case .channelGone: "Deliveries have lost their channel.\n`tocsin dead` lists them."
            }
        let rest = count > lines.count ? ["… and \(count - lines.count) more"] : []
        let message = ([head] + lines + rest).joined(separator: "\n")
        let id = "operations-\(UUID().uuidString.lowercased())"
        return Event(
            id: id, source: "tocsin", type: .operations, time: now, change: Change(field: kind.rawValue), message: message,
            document: [
                "id": .string(id), "type": "operations", "source": "tocsin", "time": .string(Timestamp.format(now)),
                "message": .string(message), "change": ["field": .string(kind.rawValue)],
            ])
    }
}

extension RejectedPart {
    /// Whether somebody may be waiting to hear of this: not where it plainly was no event about an incident.
    var mayConcernAnIncident: Bool {
        if rejection.code == .notRegularFile { return false }
        guard let bytes, let document = try? JSONValue.parse(bytes: bytes) else { return true }
        let type = document["type"]?.string.flatMap { EventType(rawValue: $0.lowercased()) }
        return document["incident"] != nil || document["data"]?["incident"] != nil || (type?.needsIncident ?? (document["type"] != nil))
    }
}

extension OperatorsDesk {
    func gaveUp(_ id: Int64, recipient: String, channel: String, incident: String?, why: String) {}
    func breakerStaysOpen(channel: String, since: Date, why: String) {}
    func breakerClosed(channel: String, after: TimeInterval) {}
}
