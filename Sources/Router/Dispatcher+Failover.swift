// The next way: for what has been failing for too long, and for what waits before a breaker that stays open.

import Delivery
import Foundation
import Ledger

extension Dispatcher {
    /// Deliveries that are looked at in one go.
    private static let atOnce = 100

    /// Takes the next way for everything whose patience is over.
    func failOverWhatIsDue() async {
        await rerouteWhatIsAstray()
        await rerouteWhatDidNotArrive()
        let now = pipeline.clock()
        while true {
            guard !pauses.isAll,
                let due = try? await pipeline.ledger.fallbacksDue(now: now, limit: Self.atOnce, paused: pauses.channels), !due.isEmpty
            else { return }
            for delivery in due {
                guard await failOver(delivery, "not through after \(delivery.attempts) attempts") else { return }
            }
            if due.count < Self.atOnce { return }
        }
    }

    /// Tells by another way those whose address was suppressed while something waited for them.
    ///
    /// - Returns: whether any was told.
    @discardableResult
    func rerouteWhatIsAstray() async -> Bool {
        var hasTold = false
        while true {
            guard let astray = try? await pipeline.ledger.astray(now: pipeline.clock(), limit: Self.atOnce), !astray.isEmpty else {
                return hasTold
            }
            for delivery in astray {
                let plan = pipeline.otherWay(for: delivery, now: pipeline.clock())
                guard await failOver(delivery, to: plan, "nothing is sent to its address any more") else { return false }
                if plan != nil { hasTold = true }
            }
            if astray.count < Self.atOnce { return hasTold }
        }
    }

    /// Tells by another way those whose gateway reports that a message did not arrive. Where there is none, the operators hear.
    func rerouteWhatDidNotArrive() async {
        if pipeline.setup.value.configuration.http == nil { return }
        while true {
            guard let lost = try? await pipeline.ledger.undelivered(now: pipeline.clock(), limit: Self.atOnce), !lost.isEmpty else {
                return
            }
            for (delivery, reason) in lost {
                let plan = pipeline.nextWay(for: delivery, now: pipeline.clock())
                let why = reason ?? "its gateway reports that it did not arrive"
                guard await failOver(delivery, to: plan, why) else { return }
                if plan != nil || delivery.event.event.type == .operations { continue }
                pipeline.operators.gaveUp(
                    delivery.id, recipient: delivery.recipient, channel: delivery.channel, incident: delivery.event.incident?.id, why: why)
            }
            if lost.count < Self.atOnce { return }
        }
    }

    /// The same for what is in memory before an open breaker: its patience counts from when the breaker opened.
    func failOverWhatIsStranded() async {
        let now = pipeline.clock()
        let setup = pipeline.setup.value
        var stranded: [QueuedDelivery] = []
        for lane in lanes.values {
            guard let since = lane.breaker.openedAt else { continue }
            stranded += lane.queue.deliveries.filter { delivery in
                !delivery.fellBack && since.addingTimeInterval(setup.patience(with: delivery)) <= now
            }
        }
        for delivery in stranded.sorted(by: { $0.id < $1.id }) {
            // Meanwhile it may have got through.
            guard lanes[delivery.lane]?.breaker.openedAt != nil, lanes[delivery.lane]?.queue.contains(delivery.id) == true else { continue }
            let trouble = lanes[delivery.lane]?.lastTrouble.map { ": \($0)" } ?? ""
            guard await failOver(delivery, "`\(delivery.channel)` does not get through\(trouble)") else { return }
        }
    }

    /// What waits before an open breaker grows old like what is tried: nothing waits there for ever.
    func giveUpWhatIsTooOld() {
        let now = pipeline.clock()
        let setup = pipeline.setup.value
        for lane in lanes.values {
            guard let since = lane.breaker.openedAt else { continue }
            for delivery in Array(lane.queue.deliveries) {
                guard let policy = setup.policies[delivery.channel] else { continue }
                let start = delivery.firstAttempt ?? max(delivery.due, since)
                guard let why = policy.isTooOld(since: start, now: now, retryFor: delivery.retryFor) else { continue }
                let record = AttemptRecord(
                    delivery: delivery.id, at: now, outcome: "deferred", reason: Reason.destinationDown.rawValue, detail: lane.lastTrouble,
                    next: .dead(why))
                var taken: QueuedDelivery?
                change(lane.name) { taken = $0.take(delivery.id) }
                guard let taken else { continue }
                underWay += 1
                note(record, of: taken)
                unrecorded.append(Returned(delivery: taken, attempt: pipeline.withNextWay(Attempt(record), taken, setup)))
            }
        }
        if !unrecorded.isEmpty { bell.ring() }
    }

    private func failOver(_ delivery: QueuedDelivery, _ reason: String) async -> Bool {
        await failOver(delivery, to: pipeline.nextWay(for: delivery, now: pipeline.clock()), reason)
    }

    private func failOver(_ delivery: QueuedDelivery, to plan: FallbackPlan?, _ reason: String) async -> Bool {
        let now = pipeline.clock()
        do {
            let ready = try await pipeline.ledger.failOver(delivery.id, to: plan, reason: reason, now: now)
            lanes[delivery.lane]?.fellBack(delivery.id)
            if let plan {
                logger.notice(
                    "takes the next way",
                    metadata: [
                        "recipient": "\(delivery.recipient)", "from": "\(delivery.channel)", "to": "\(plan.planned.channel)",
                        "why": "\(reason)",
                    ].merging(delivery.logged) { $1 })
            }
            // Not offered: the first way may have got through in the very same commit, and the ledger knows.
            for lane in Set(ready.map(\.lane)) { change(lane) { $0.lookAgain() } }
            bell.ring()
            return true
        } catch {
            complain("the next way cannot be recorded yet; trying again", error)
            return false
        }
    }
}
