// Outcomes on their way into the ledger: while one batch commits, the next one gathers.

import CrashPoints
import Foundation
import Ledger

extension Dispatcher {
    /// Starts to record what has come back, unless that is being done already.
    func startRecording(_ group: inout DiscardingTaskGroup) {
        guard !isRecording, !unrecorded.isEmpty else { return }
        isRecording = true
        let batch = unrecorded
        unrecorded = []
        group.addTask { await self.record(batch) }
    }

    private func record(_ batch: [Returned]) async {
        var stuck: [Returned] = []
        if await !recorded(batch) {
            // One of them may be at fault: each by itself, so that it keeps no other waiting.
            for one in batch where await !recorded([one]) { stuck.append(one) }
        }
        underWay -= batch.count - stuck.count
        isRecording = false
        bell.ring()
        await withDiscardingTaskGroup { group in
            for one in stuck {
                group.addTask {
                    await self.keep(one)
                    await self.isThrough()
                }
            }
        }
    }

    private func isThrough() {
        underWay -= 1
        bell.ring()
    }

    /// Records one outcome, however long the ledger takes to be ready for it; when there is haste, for some seconds.
    private func keep(_ one: Returned) async {
        var wait = 0.1
        while await !recorded([one]) {
            // It stays claimed: whatever the ledger says, it has been sent.
            if isHasty, wait > 2 { return }
            try? await Task.sleep(for: .seconds(wait))
            wait = min(wait * 2, 5)
        }
    }

    private func recorded(_ batch: [Returned]) async -> Bool {
        let mark = refillsEnded
        do {
            let result = try await pipeline.ledger.record(batch.map(\.attempt.record))
            for one in batch {
                change(one.delivery.lane) { $0.finished(one.delivery.id) }
                if case .retry(let at) = one.attempt.record.next { setDue(at, of: one.delivery.lane) }
            }
            forget(result.withdrawn)
            offer(result.ready, since: mark)
            CrashPoint.offered.reached()
            return true
        } catch {
            complain("an outcome cannot be recorded yet: if the router ends before it is, that message goes out again", error)
            return false
        }
    }

    /// Somebody else finished them: another way got through, or a broadcast was stopped.
    func forget(_ withdrawn: [Int64]) {
        for id in withdrawn {
            for (name, lane) in lanes where lane.queue.contains(id) || lane.isRefilling { change(name) { $0.finished(id) } }
        }
    }
}
