// Sends what is due: claims deliveries lane by lane, has the pipeline make the attempts, records the outcomes.
//
// Invariants: a lane's slot is free as soon as its peer has answered, not only when the outcome is durable; the attempts
// under way are bounded in all and for each destination; a lane is looked at only when something about it has changed.

import Collections
import CrashPoints
import Delivery
import Foundation
import Ledger
import Logging
import Metrics
import ServiceLifecycle
import Synchronization

/// The way out.
public actor Dispatcher: Service {
    /// The most attempts under way, their outcomes' recording included.
    static let maximumInFlight = 512
    /// Of those, kept free for the most urgent.
    static let reserve = 64
    /// While there are few lanes, and fewer than `plenty` wait in memory in all, a lane may keep `Lane.ample`.
    static let few = 64
    static let plenty = 1_024
    /// So many that can go out at once are enough to be busy with: the way in waits, but not for long.
    static let enough = 1_024
    /// Seconds that attempts under way may take to end once the router is asked to stop.
    static let shutdownGrace: TimeInterval = 15
    /// Seconds that attempts which were cancelled then may take to say so, and to be recorded.
    static let cancellationGrace: TimeInterval = 3

    let pipeline: Pipeline
    let logger: Logger
    var lanes: [String: Lane] = [:]
    /// Lanes that may be able to do something, each once, in the order in which they were stirred.
    private var stirred = OrderedSet<String>()
    var underWay = 0
    /// What came back and is not recorded yet.
    var unrecorded: [Returned] = []
    var isRecording = false
    /// Give up what cannot be recorded soon: the router is stopping, or runs once.
    var isHasty = false
    private var isStopping = false
    /// Refills that have ended, and which of them was each lane's last: what was committed before it may have been seen
    /// by it.
    var refillsEnded = 0
    var lastRefill: [String: Int] = [:]
    /// When lanes that must wait can act again.
    var laneAlarms = Heap<LaneAlarm>()
    /// When something that waits in the ledger falls due, by lane, and which lane's turn comes first.
    var dues: [String: Date] = [:]
    var dueAlarms = Heap<LaneAlarm>()
    /// When to read all lanes again, because it could not be done.
    var ledgerAlarm: Date?
    /// Waiting for room: the way in, while what flows is behind.
    var waitingForRoom: [CheckedContinuation<Void, Never>] = []
    /// Waiting for the next turn, to see that there is one.
    var waitingForTurn: [CheckedContinuation<Void, Never>] = []
    var isTurning = false
    var channelMetrics: [String: ChannelMetrics] = [:]
    /// By the name of a severity.
    var latencies: [String: Metrics.Timer] = [:]
    var marker: Int?
    var lastComplaint = Date.distantPast
    /// Lanes whose last attempt did not get through: said once, and once when it is over.
    var troubled: Set<String> = []
    /// Lanes whose breaker has closed since the last look.
    var recovered: Set<String> = []
    /// Lanes whose open breaker the operators were told of.
    var toldOfBreaker: Set<String> = []
    var pauses = Pauses()
    /// What the ledger was last told of each destination that is not as usual.
    var noted: [String: DestinationState] = [:]
    /// By how many seconds the wall clock is ahead of the one that only goes forwards.
    var clockAhead: Double?
    let bell = Bell()
    /// What the attempts' tasks hand over.
    private let returns = Mutex<[Returned]>([])

    public init(pipeline: Pipeline, logger: Logger) {
        self.pipeline = pipeline
        self.logger = logger
    }

    /// Runs until the router is asked to stop; then ends what is under way and returns.
    public func run() async throws {
        marker = pipeline.ledger.markerAtOpening
        await begin()
        isTurning = true
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.keepTime() }
                while !isStopping {
                    turn(&group)
                    await bell.wait(until: nextAlarm)
                    await ringAlarms(now: pipeline.clock())
                }
                await drain(&group)
            }
        } onCancelOrGracefulShutdown: {
            Task { await self.stop() }
        }
        isTurning = false
        tellOfTurn()
    }

    /// Sends everything that is due now, once, and returns when it has been recorded.
    ///
    /// - Returns: how many deliveries are still to be made; what is paused does not count.
    public func runOnce() async throws(LedgerError) -> Int {
        isHasty = true
        await begin()
        await failOverWhatIsDue()
        await withDiscardingTaskGroup { group in
            while true {
                turn(&group)
                let now = pipeline.clock()
                let isSettled = pauses.isAll || lanes.values.allSatisfy { $0.isSettled(now: now) }
                if underWay == 0, isStopping || isSettled {
                    // A refusal may have suppressed an address: what waited for it takes another way in this very run.
                    guard !isStopping, await rerouteWhatIsAstray() else { break }
                    continue
                }
                await bell.wait(until: laneAlarms.min?.at)
                await ringAlarms(now: pipeline.clock(), looksIntoLedger: false)
            }
        }
        let summary = try await pipeline.ledger.summary(now: pipeline.clock())
        return summary.channels.reduce(0) { left, channel in
            pauses.holds(channel.key) ? left : left + (channel.value[.pending] ?? 0) + (channel.value[.retrying] ?? 0)
        }
    }

    private func begin() async {
        await mindTheClock()
        if await !readPauses() {
            // Rather too careful: asked again every second.
            pauses.isAll = true
            marker = nil
        }
        try? await pipeline.ledger.forgetDestinations()
        await readLanes()
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

    /// Takes in deliveries that have just been committed. Where a refill of their lane has ended since the mark, it may
    /// have had them already, and they may even have been sent: then the ledger is asked instead.
    func offer(_ deliveries: [QueuedDelivery], raised: [RaisedHead] = [], since mark: Int) {
        offer(deliveries.filter { lastRefill[$0.lane, default: 0] <= mark })
        for delivery in deliveries where lastRefill[delivery.lane, default: 0] > mark { change(delivery.lane) { $0.lookAgain() } }
        for head in raised { change(head.lane) { $0.raise(head) } }
        if !deliveries.isEmpty || !raised.isEmpty { bell.ring() }
    }

    func offer(_ deliveries: [QueuedDelivery]) {
        guard !deliveries.isEmpty else { return }
        let now = pipeline.clock()
        let setup = pipeline.setup.value
        let isPlenty = lanes.count <= Self.few && lanes.values.reduce(0) { $0 + $1.queue.count } < Self.plenty
        for delivery in deliveries {
            if delivery.due > now {
                setDue(delivery.due, of: delivery.lane)
            } else if !pauses.holds(delivery.channel) {
                let limits = setup.limits[delivery.channel] ?? ChannelLimits()
                change(delivery.lane) { lane in
                    lane.adopt(limits, of: delivery.channel)
                    lane.offer(delivery, capacity: isPlenty ? Lane.ample : Lane.capacity)
                }
            }
        }
    }

    /// Changes a lane, and has it looked at in the next turn.
    func change(_ name: String, _ body: (inout Lane) -> Void) {
        body(&lanes[name, default: Lane(name: name)])
        stirred.append(name)
    }

    // MARK: Sending

    /// One turn: what came back, then what can go out.
    private func turn(_ group: inout DiscardingTaskGroup) {
        let now = pipeline.clock()
        for one in returns.withLock({ returns in swap(&returns, with: []) }) { takeBack(one, now: now) }
        startRecording(&group)
        if !isStopping { pump(&group, now: now) }
        if !waitingForRoom.isEmpty, isStopping || backlog(now: now) < Self.enough { letIn() }
        if !waitingForTurn.isEmpty { tellOfTurn() }
    }

    /// Starts all that may start now.
    private func pump(_ group: inout DiscardingTaskGroup, now: Date) {
        if pauses.isAll { return }
        let names = swap(&stirred, with: [])
        for name in names {
            guard var lane = lanes.removeValue(forKey: name) else { continue }
            if lane.beginRefill(now: now) { group.addTask { await self.refill(name, now: now) } }
            // What cannot go on for want of room is stirred again, behind the others.
            if !pump(&lane, &group, now: now) { stirred.append(name) }
            if !lane.isQuiet(now: now) { lanes[name] = lane }
        }
    }

    /// - Returns: false where the lane could go on, but for the bound on all lanes.
    private func pump(_ lane: inout Lane, _ group: inout DiscardingTaskGroup, now: Date) -> Bool {
        while let urgency = lane.queue.mostUrgent {
            guard underWay < (urgency == 0 ? Self.maximumInFlight : Self.maximumInFlight - Self.reserve) else { return false }
            switch lane.next(now: now) {
            case .send(let delivery):
                if delivery.mustBeLookedAtAnew(now: now) {
                    lane.putBack(delivery)
                    if lane.beginRefill(now: now) {
                        let name = lane.name
                        group.addTask { await self.refill(name, now: now) }
                    }
                    continue
                }
                lane.started(now: now)
                underWay += 1
                group.addTask { await self.send(delivery) }
            case .wait(let until):
                if lane.alarm != until {
                    lane.alarm = until
                    laneAlarms.insert(LaneAlarm(at: until, lane: lane.name))
                }
                return true
            case .idle: return true
            }
        }
        return true
    }

    private func refill(_ name: String, now: Date) async {
        var fetched: [QueuedDelivery] = []
        var next: Date?
        do {
            fetched = try await pipeline.ledger.ready(
                lane: name, now: now, limit: Lane.refill, excluding: lanes[name]?.claimed ?? [], paused: pauses.channels,
                lowest: Lane.lowest)
            next = try await pipeline.ledger.nextDue(lane: name, after: now)
        } catch {
            complain("the ledger cannot be read; trying again", error)
            setLedgerAlarm(now.addingTimeInterval(1))
        }
        refillsEnded += 1
        lastRefill[name] = refillsEnded
        if let next { setDue(next, of: name) }
        var news: [QueuedDelivery] = []
        change(name) { news = $0.endRefill(fetched) }
        offer(news)
        bell.ring()
    }

    private nonisolated func send(_ delivery: QueuedDelivery) async {
        CrashPoint.beforeSending.reached()
        let attempt = await pipeline.attempt(delivery)
        CrashPoint.answered.reached()
        let isFirst = returns.withLock { returns in
            returns.append(Returned(delivery: delivery, attempt: attempt))
            return returns.count == 1
        }
        if isFirst { bell.ring() }
    }

    private func takeBack(_ one: Returned, now: Date) {
        note(one.attempt.record, of: one.delivery)
        count(one.attempt.record, of: one.delivery)
        var breaker: Breaker.Change?
        change(one.delivery.lane) { lane in
            breaker = lane.returned(
                retryAfter: one.attempt.retryAfter, isHealthy: one.attempt.isHealthy, isBroadcast: one.delivery.isBroadcast, now: now,
                random: Double.random(in: 0..<1))
            if one.attempt.isHealthy == false { lane.lastTrouble = one.attempt.record.trouble }
        }
        if let breaker { note(breaker, of: one.delivery) }
        unrecorded.append(one)
    }

    /// Waits for what is under way, but not for ever.
    private func drain(_ group: inout DiscardingTaskGroup) async {
        await drain(&group, seconds: Self.shutdownGrace)
        if underWay > 0 {
            logger.warning("stopping with attempts under way; what has no answer yet is made again", metadata: ["count": "\(underWay)"])
        }
        group.cancelAll()
        await drain(&group, seconds: Self.cancellationGrace)
        CrashPoint.drained.reached()
    }

    private func drain(_ group: inout DiscardingTaskGroup, seconds: TimeInterval) async {
        // Not by the wall clock, which may be set meanwhile: that would be waited for.
        let deadline = ContinuousClock.now + .seconds(seconds)
        let alarm = Task {
            try? await Task.sleep(until: deadline)
            bell.ring()
        }
        turn(&group)
        while underWay > 0, ContinuousClock.now < deadline {
            await bell.wait(until: nil)
            turn(&group)
        }
        alarm.cancel()
    }
}

/// What came back from an attempt.
struct Returned: Sendable {
    var delivery: QueuedDelivery
    var attempt: Attempt
}

/// When a lane can act again.
struct LaneAlarm: Comparable, Sendable {
    var at: Date
    var lane: String

    static func < (a: LaneAlarm, b: LaneAlarm) -> Bool { a.at < b.at }
}

private func swap<Value>(_ value: inout Value, with other: Value) -> Value {
    defer { value = other }
    return value
}
