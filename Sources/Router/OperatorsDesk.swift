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
        case gaveUp = "gave_up"
        case breakerOpen = "breaker_open"
        case breakerClosed = "breaker_closed"
        case disk
        case rejected
        case channelGone = "channel_gone"
    }

    struct Gathered {
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

    /// Channels whose open breaker the operators have been, or are about to be, told of.
    private let failing = Mutex<Set<String>>([])

    /// A delivery is dead, or of unknown outcome, and there is no other way to its recipient. Not for a delivery of an
    /// `operations` event: Tocsin's word of its own failure must not be the next failure to tell of.
    ///
    /// - Parameter why: for people, secrets already redacted.
    public func gaveUp(_ id: Int64, recipient: String, channel: String, incident: String?, why: String) {
        note(.gaveUp, "#\(id) to \(recipient) by \(channel)\(incident.map { " about \($0)" } ?? ""): \(why)")
    }

    /// A destination has been failing for some time. Told once, until it is closed again.
    public func breakerStaysOpen(channel: String, since: Date, why: String) {
        guard failing.withLock({ $0.insert(channel).inserted }) else { return }
        note(.breakerOpen, "\(Self.head(channel))since \(Timestamp.format(since)): \(why)")
    }

    /// It gets through again. Says nothing where the failure was not told either.
    ///
    /// - Parameter time: how long it has been failing, in seconds.
    public func breakerClosed(channel: String, after time: TimeInterval) {
        guard failing.withLock({ $0.remove(channel) }) != nil else { return }
        // What has not been told yet need not be told any more.
        if withdraw(.breakerOpen, where: { $0.hasPrefix(Self.head(channel)) }) { return }
        note(.breakerClosed, "\(Self.head(channel))after \(Amount.time(time))")
    }

    /// - Parameter free: bytes left.
    public func diskIsNearlyFull(path: String, free: Int) { note(.disk, "\(path): \(Amount.bytes(free)) left") }

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

    private static func head(_ channel: String) -> String { "\(channel): " }

    /// - Returns: whether there was such a line, still to be told.
    private func withdraw(_ kind: Kind, where isMeant: (String) -> Bool) -> Bool {
        gathered.withLock { gathered in
            guard let index = gathered[kind]?.lines.firstIndex(where: isMeant) else { return false }
            gathered[kind]?.lines.remove(at: index)
            gathered[kind]?.count -= 1
            return true
        }
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
            let wasTold = await outlet.withLock { $0 }?(.operations(kind, lines: notice.lines, count: notice.count, now: now))
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
}

extension RejectedPart {
    /// The incident that it names, where it can be read.
    var incident: String? {
        guard let bytes, bytes.count <= 65_536, let document = try? JSONValue.parse(bytes: bytes) else { return nil }
        return (document["incident"]?["id"] ?? document["data"]?["incident"]?["id"])?.string.map { String($0.prefix(200)) }
    }

    /// Whether somebody may be waiting to hear of this: not where it plainly was no event about an incident.
    var mayConcernAnIncident: Bool {
        if rejection.code == .notRegularFile { return false }
        guard let bytes, let document = try? JSONValue.parse(bytes: bytes) else { return true }
        let type = document["type"]?.string.flatMap { EventType(rawValue: $0.lowercased()) }
        return document["incident"] != nil || document["data"]?["incident"] != nil || (type?.needsIncident ?? (document["type"] != nil))
    }
}
