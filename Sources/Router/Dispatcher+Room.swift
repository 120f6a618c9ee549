// What is accepted faster than it can go out has to be written to the ledger and read from it again, which costs more than
// to wait a little: so the way in waits for the way out, but never for a destination that is held up.

import Foundation

extension Dispatcher {
    /// Milliseconds that the way in waits, at most: what is held up, or slow by itself, must not keep files from being taken.
    static let longestWait = 25

    /// Returns once there is room for more, or after `longestWait`.
    func room() async {
        guard !isHasty, backlog(now: pipeline.clock()) >= Self.enough else { return }
        let alarm = Task {
            try? await Task.sleep(for: .milliseconds(Self.longestWait))
            self.letIn()
        }
        await withCheckedContinuation { waitingForRoom.append($0) }
        alarm.cancel()
    }

    func letIn() {
        if waitingForRoom.isEmpty { return }
        let waiting = waitingForRoom
        waitingForRoom = []
        for one in waiting { one.resume() }
    }

    /// What could go out now, if there were time.
    func backlog(now: Date) -> Int {
        lanes.values.reduce(0) { sum, lane in lane.queue.isEmpty || lane.obstacle(now: now) != nil ? sum : sum + lane.queue.count }
    }
}
