// The connections of one origin, counted here and not by libcurl: 7.88 looks at only the first of the requests that wait for a
// connection, so one hung host would hold up the others.

/// One origin: how many of its requests run, and which wait.
final class HTTPLane {
    let origin: Substring
    var running = 0
    private var queue: [HTTPTransfer] = []
    private var head = 0

    init(_ origin: Substring) {
        self.origin = origin
    }

    var isEmpty: Bool { running == 0 && head == queue.count }

    func append(_ transfer: HTTPTransfer) {
        queue.append(transfer)
    }

    /// The first that still waits.
    func popFirst() -> HTTPTransfer? {
        while head < queue.count {
            let transfer = queue[head]
            head += 1
            if head == queue.count || head > 1024 {
                queue.removeFirst(head)
                head = 0
            }
            if transfer.stage == .waiting { return transfer }
        }
        return nil
    }

    /// Takes out those that wait longer than they may.
    func removeExpired(_ now: Double) -> [HTTPTransfer] {
        let waiting = queue[head...].filter { $0.stage == .waiting }
        queue = waiting.filter { $0.deadline > now }
        head = 0
        return waiting.filter { $0.deadline <= now }
    }

    /// All that wait.
    func removeAll() -> [HTTPTransfer] {
        removeExpired(.infinity)
    }
}
