// The names that are ripe to be taken, in order.

struct Arrival {
    var name: FileName
    /// The state that made it ripe; nil where its writer has said that it is finished.
    var expected: FileStamp?
    /// Taken even though its content ends too early: nobody has written for too long.
    var isSettled = false
}

/// A queue with room at its front.
struct Arrivals {
    private var front: [Arrival] = []
    private var back: [Arrival] = []
    private var head = 0

    var count: Int { front.count + back.count - head }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ arrival: Arrival) { back.append(arrival) }

    mutating func putBack(_ arrival: Arrival) { front.append(arrival) }

    /// Before all others, in their own order.
    mutating func prepend(_ arrivals: [Arrival]) { front += arrivals.reversed() }

    mutating func next() -> Arrival? {
        if let arrival = front.popLast() { return arrival }
        guard head < back.count else { return nil }
        let arrival = back[head]
        head += 1
        // What is behind is let go in large steps: each name is moved once at most.
        if head == back.count {
            back.removeAll(keepingCapacity: back.capacity <= 4096)
            head = 0
        } else if head >= 4096, head * 2 >= back.count {
            back.removeFirst(head)
            head = 0
        }
        return arrival
    }

    mutating func removeAll() { self = Arrivals() }
}
