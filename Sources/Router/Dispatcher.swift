// Sends what is due: claims deliveries lane by lane, has the pipeline make the attempts, records the outcomes.
//
// Invariants: a delivery is in `claimed` from the moment it is in memory until its outcome is durable, so it is never
// on its way twice; a lane's slot is free as soon as its peer has answered, not only when the outcome is durable; the
// attempts under way are bounded in all and for each destination.

import CrashPoints
import Foundation
import Ledger
import Logging
import ServiceLifecycle

/// The way out.
public actor Dispatcher: Service {
    /// The most attempts under way, their outcomes' recording included.
    static let maximumInFlight = 512
    /// Seconds that attempts under way may take to end once the router is asked to stop.
    static let shutdownGrace: TimeInterval = 15

    let pipeline: Pipeline
    let logger: Logger
    var lanes: [String: Lane] = [:]
    var claimed: Set<Int64> = []
    var underWay = 0
    /// Give up what cannot be recorded soon: the router is stopping, or runs once.
    var isHasty = false
    private var isStopping = false
    /// Where the next round over the lanes begins, so that each comes first in its turn.
    private var turn = 0
    /// Refills that have ended: what was committed before one of them may have been seen by it.
    private var refillsEnded = 0
    /// When a lane that is paused can act again.
    var laneAlarms: [String: Date] = [:]
    /// When something that waits in the ledger falls due.
    var ledgerAlarm: Date?
    var marker: Int?
    /// How far the wall clock is ahead of the one that only goes forwards, in seconds.
    var clockAhead: TimeInterval?
    var lastComplaint = Date.distantPast
    /// Lanes whose last attempt did not get through: said once, and once when it is over.
    var troubled: Set<String> = []
    let bell = Bell()

    public init(pipeline: Pipeline, logger: Logger) {
        self.pipeline = pipeline
        self.logger = logger
    }

    /// Runs until the router is asked to stop; then ends what is under way and returns.
    public func run() async throws {
        marker = pipeline.ledger.markerAtOpening
        await mindTheClock()
        await readLanes()
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.watchLedger() }
                while !isStopping {
                    pump(into: &group, now: pipeline.clock())
                    await bell.wait(until: nextAlarm)
                    await ringAlarms(now: pipeline.clock())
                }
                await drain(&group)
            }
        } onCancelOrGracefulShutdown: {
            Task { await self.stop() }
        }
    }

    /// Sends everything that is due now, once, and returns when it has been recorded.
    ///
    /// - Returns: how many deliveries are still to be made.
    public func runOnce() async throws(LedgerError) -> Int {
        isHasty = true
        await mindTheClock()
        await readLanes()
        await withDiscardingTaskGroup { group in
            while true {
                let now = pipeline.clock()
                if !isStopping { pump(into: &group, now: now) }
                if underWay == 0, isStopping || lanes.values.allSatisfy({ $0.isSettled(now: now) }) { break }
                await bell.wait(until: nil)
            }
        }
        let summary = try await pipeline.ledger.summary(now: pipeline.clock())
        return (summary.deliveries[.pending] ?? 0) + (summary.deliveries[.retrying] ?? 0)
    }

    /// Starts nothing more.
    func stop() {
        isStopping = true
        isHasty = true
        CrashPoint.stopping.reached()
        bell.ring()
    }

    /// To be asked before a commit whose deliveries will be offered.
    func mark() -> Int { refillsEnded }

    /// Takes in deliveries that have just been committed. Where a refill has ended since the mark, it may have had them
    /// already, and they may even have been sent: then the ledger is asked instead.
    func offer(_ deliveries: [QueuedDelivery], since mark: Int) {
        if mark == refillsEnded { return offer(deliveries) }
        for delivery in deliveries { lanes[delivery.lane, default: Lane(name: delivery.lane)].lookAgain() }
        if !deliveries.isEmpty { bell.ring() }
    }

    private func offer(_ deliveries: [QueuedDelivery]) {
        guard !deliveries.isEmpty else { return }
        let now = pipeline.clock()
        let concurrency = pipeline.setup.value.concurrency
        for delivery in deliveries {
            if delivery.due > now {
                setLedgerAlarm(delivery.due)
            } else if claimed.insert(delivery.id).inserted {
                lanes[delivery.lane, default: Lane(name: delivery.lane)].concurrency = concurrency[delivery.channel] ?? 4
                if let left = lanes[delivery.lane]?.offer(delivery) { claimed.remove(left.id) }
            }
        }
        bell.ring()
    }

    // MARK: Sending

    /// Starts all that may start now.
    private func pump(into group: inout DiscardingTaskGroup, now: Date) {
        let names = Array(lanes.keys)
        turn &+= 1
        for index in names.indices {
            let name = names[(index + turn) % names.count]
            if lanes[name]?.beginRefill() == true {
                group.addTask { await self.refill(name, now: now) }
            }
            sending: while underWay < Self.maximumInFlight {
                switch lanes[name]?.next(now: now) {
                case .send(let delivery):
                    underWay += 1
                    group.addTask { await self.send(delivery) }
                case .wait(let until):
                    laneAlarms[name] = until
                    break sending
                case .idle, nil: break sending
                }
            }
            if lanes[name]?.isQuiet(now: now) == true { lanes[name] = nil }
        }
    }

    private func refill(_ name: String, now: Date) async {
        var fetched: [QueuedDelivery] = []
        do {
            fetched = try await pipeline.ledger.ready(lane: name, now: now, limit: Lane.refill, excluding: claimed)
        } catch {
            complain("the ledger cannot be read; trying again", error)
            setLedgerAlarm(now.addingTimeInterval(1))
        }
        refillsEnded += 1
        offer(lanes[name]?.endRefill(fetched) ?? [])
        bell.ring()
    }

    private nonisolated func send(_ delivery: QueuedDelivery) async {
        CrashPoint.beforeSending.reached()
        let (record, retryAfter) = await pipeline.attempt(delivery)
        CrashPoint.answered.reached()
        await returned(delivery, record, retryAfter: retryAfter)
        // The outcome is recorded even when the router is being stopped: otherwise the message would go out again.
        await Task { await self.keep(record, of: delivery) }.value
    }

    private func returned(_ delivery: QueuedDelivery, _ record: AttemptRecord, retryAfter: TimeInterval?) {
        note(record, of: delivery)
        lanes[delivery.lane]?.returned(retryAfter: retryAfter, now: pipeline.clock())
        bell.ring()
    }

    /// Records an outcome, however long the ledger takes to be ready for it; when there is haste, for some seconds.
    private func keep(_ record: AttemptRecord, of delivery: QueuedDelivery) async {
        var wait = 0.1
        while true {
            let mark = refillsEnded
            do {
                let unblocked = try await pipeline.ledger.record([record])
                claimed.remove(delivery.id)
                lanes[delivery.lane]?.finished(delivery.id)
                if case .retry(let at) = record.next { setLedgerAlarm(at) }
                offer(unblocked, since: mark)
                CrashPoint.offered.reached()
                break
            } catch {
                complain("an outcome cannot be recorded yet: if the router ends before it is, that message goes out again", error)
                // It stays claimed: whatever the ledger says, it has been sent.
                if isHasty, wait > 2 { break }
                try? await Task.sleep(for: .seconds(wait))
                wait = min(wait * 2, 5)
            }
        }
        underWay -= 1
        bell.ring()
    }

    /// Waits for what is under way, but not for ever.
    private func drain(_ group: inout DiscardingTaskGroup) async {
        // Not by the wall clock, which may be set meanwhile: that would be waited for.
        let deadline = ContinuousClock.now + .seconds(Self.shutdownGrace)
        let alarm = Task {
            try? await Task.sleep(until: deadline)
            bell.ring()
        }
        while underWay > 0, ContinuousClock.now < deadline { await bell.wait(until: nil) }
        alarm.cancel()
        if underWay > 0 { logger.warning("stopping with attempts under way; they will be made again", metadata: ["count": "\(underWay)"]) }
        group.cancelAll()
        CrashPoint.drained.reached()
    }
}
