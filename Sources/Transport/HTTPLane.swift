// The connections of one destination, counted here and not by libcurl: 7.88 looks at only the first of the requests that wait
// for a connection, so one hung host would hold up the others; and libcurl counts by host, which many destinations share.

/// One destination: how many of its requests run, and which wait.
final class HTTPLane {
    let destination: String
    var running = 0
    private var queue: [HTTPTransfer] = []
    private var head = 0

    init(_ destination: String) {
        self.destination = destination
    }

    var isEmpty: Bool { running == 0 && head == queue.count }

    func append(_ transfer: HTTPTransfer) {
        queue.append(transfer)
    }

    /// Takes out the first that still waits, where there is room for it. Nobody overtakes it, whatever room the others ask for.
    func popFirst() -> HTTPTransfer? {
        while head < queue.count {
            let transfer = queue[head]
            if transfer.stage == .waiting, running >= transfer.request.connections { return nil }
            head += 1
            if head == queue.count || head > 1024 {
                queue.removeFirst(head)
                head = 0
            }
            if transfer.stage == .waiting { return transfer }
        }
        return nil
    }

    /// Takes out those for which it is too late to begin.
    func removeExpired(_ now: Double) -> [HTTPTransfer] {
        let waiting = queue[head...].filter { $0.stage == .waiting }
        queue = waiting.filter { $0.latestStart > now }
        head = 0
        return waiting.filter { $0.latestStart <= now }
    }

    /// All that wait.
    func removeAll() -> [HTTPTransfer] {
        removeExpired(.infinity)
    }
}
