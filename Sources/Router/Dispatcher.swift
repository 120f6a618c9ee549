// Sends what is due: claims deliveries lane by lane, has the pipeline make the attempts, records the outcomes.
//
// Invariants: a delivery is in `claimed` from the moment it is in memory until its outcome is durable, so it is never
// on its way twice; a lane's slot is free as soon as its peer has answered, not only when the outcome is durable; the
// attempts under way are bounded in all and for each destination.

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

    private let pipeline: Pipeline
    private let logger: Logger
    private var lanes: [String: Lane] = [:]
    private var claimed: Set<Int64> = []
    private var underWay = 0
    private var isStopping = false
    /// When a lane that is paused, or whose head is not due yet, can act again.
    private var laneAlarms: [String: Date] = [:]
    /// When something that waits in the ledger falls due.
    private var ledgerAlarm: Date?
    private var marker: Int?
    private let bell = Bell()

    public init(pipeline: Pipeline, logger: Logger) {
        self.pipeline = pipeline
        self.logger = logger
    }

    /// Runs until the router is asked to stop; then ends what is under way and returns.
    public func run() async throws {
        await readLanes()
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.watchLedger() }
                while !isStopping {
                    pump(into: &group)
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
    /// - Returns: how many deliveries are due or waiting for another try.
    public func runOnce() async throws(LedgerError) -> Int {
        await readLanes()
        await withDiscardingTaskGroup { group in
            while true {
                pump(into: &group)
                if underWay == 0, lanes.values.allSatisfy(\.isSettled) { break }
                await bell.wait(until: nil)
            }
        }
        let summary = try await pipeline.ledger.summary(now: pipeline.clock())
        return (summary.deliveries[.pending] ?? 0) + (summary.deliveries[.retrying] ?? 0)
    }

    /// Takes in deliveries that have just been committed.
    func offer(_ deliveries: [QueuedDelivery]) {
        for delivery in deliveries where claimed.insert(delivery.id).inserted {
            if let left = lanes[delivery.lane, default: lane(delivery)].offer(delivery) { claimed.remove(left.id) }
        }
        bell.ring()
    }

    /// Looks for work in the ledger: at the start, after a reload, and when a command has changed something.
    func readLanes() async {
        do {
            for name in try await pipeline.ledger.lanes() {
                lanes[name, default: Lane(name: name, concurrency: 4)].mayHaveMore = true
            }
            if let due = try await pipeline.ledger.nextDue(after: pipeline.clock()) { setLedgerAlarm(due) }
        } catch {
            logger.error("the ledger cannot be read; trying again", metadata: ["error": "\(error)"])
            setLedgerAlarm(pipeline.clock().addingTimeInterval(1))
        }
        bell.ring()
    }

    private func lane(_ delivery: QueuedDelivery) -> Lane {
        let settings = pipeline.setup.value.configuration.channels.first { $0.name == delivery.channel }
        return Lane(name: delivery.lane, concurrency: settings?.options.concurrency ?? 4)
    }

    private func stop() {
        isStopping = true
        bell.ring()
    }
}

// MARK: Sending

extension Dispatcher {
    /// Starts all that may start now.
    private func pump(into group: inout DiscardingTaskGroup) {
        let now = pipeline.clock()
        for name in lanes.keys {
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
            if lanes[name]?.isQuiet == true { lanes[name] = nil }
        }
    }

    private func refill(_ name: String, now: Date) async {
        var fetched: [QueuedDelivery] = []
        do {
            fetched = try await pipeline.ledger.ready(lane: name, now: now, limit: Lane.refill, excluding: claimed)
        } catch {
            logger.error("the ledger cannot be read; trying again", metadata: ["error": "\(error)"])
            setLedgerAlarm(now.addingTimeInterval(1))
        }
        offer(lanes[name]?.endRefill(fetched) ?? [])
    }

    private nonisolated func send(_ delivery: QueuedDelivery) async {
        let (record, retryAfter) = await pipeline.attempt(delivery)
        await returned(delivery, retryAfter: retryAfter)
        // The outcome is recorded even when the router is being stopped: otherwise the message would go out again.
        await Task { await self.keep(record, of: delivery) }.value
    }

    private func returned(_ delivery: QueuedDelivery, retryAfter: TimeInterval?) {
        lanes[delivery.lane]?.returned(retryAfter: retryAfter, now: pipeline.clock())
        bell.ring()
    }

    /// Records an outcome, however long the ledger takes to be ready for it.
    private func keep(_ record: AttemptRecord, of delivery: QueuedDelivery) async {
        var wait = 0.1
        while true {
            do {
                let unblocked = try await pipeline.ledger.record([record])
                settle(record, of: delivery)
                offer(unblocked)
                return
            } catch {
                logger.error("an outcome cannot be recorded yet", metadata: ["delivery": "\(delivery.id)", "error": "\(error)"])
                if isStopping, wait > 2 { return settle(record, of: delivery) }
                try? await Task.sleep(for: .seconds(wait))
                wait = min(wait * 2, 5)
            }
        }
    }

    private func settle(_ record: AttemptRecord, of delivery: QueuedDelivery) {
        claimed.remove(delivery.id)
        lanes[delivery.lane]?.finished(delivery.id)
        underWay -= 1
        if case .retry(let at) = record.next { setLedgerAlarm(at) }
        bell.ring()
    }

    /// Waits for what is under way, but not for ever.
    private func drain(_ group: inout DiscardingTaskGroup) async {
        let deadline = pipeline.clock().addingTimeInterval(Self.shutdownGrace)
        while underWay > 0, pipeline.clock() < deadline { await bell.wait(until: deadline) }
        if underWay > 0 { logger.warning("stopping with attempts under way; they will be made again", metadata: ["count": "\(underWay)"]) }
        group.cancelAll()
    }
}

// MARK: Waking up

extension Dispatcher {
    private var nextAlarm: Date? { (laneAlarms.values.min()).map { min($0, ledgerAlarm ?? $0) } ?? ledgerAlarm }

    private func setLedgerAlarm(_ at: Date) { ledgerAlarm = min(ledgerAlarm ?? at, at) }

    private func ringAlarms(now: Date) async {
        laneAlarms = laneAlarms.filter { $0.value > now }
        guard let due = ledgerAlarm, due <= now else { return }
        ledgerAlarm = nil
        await readLanes()
    }

    /// Notices what commands changed in the ledger (`tocsin dead retry`).
    private nonisolated func watchLedger() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            if Task.isCancelled { return }
            await lookForChanges()
        }
    }

    private func lookForChanges() async {
        guard let seen = try? await pipeline.ledger.changeMarker() else { return }
        if marker != nil, marker != seen { await readLanes() }
        marker = seen
    }
}
