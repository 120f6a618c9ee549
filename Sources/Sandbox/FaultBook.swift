// The faults that were asked for, in the order in which they will happen. Counted ones happen one after the other; one
// without a count lasts until it is cleared or another is set after it.

import Synchronization

final class FaultBook: Sendable {
    private struct Place: Hashable {
        var receiver: Receiver
        var channel: String?
    }

    private struct Entry {
        var fault: Fault
        /// Uses left; nil for no end.
        var left: Int?
    }

    private let entries = Mutex<[Place: [Entry]]>([:])

    func set(_ fault: Fault?, on receiver: Receiver, channel: String?, times: Int?) {
        entries.withLock { entries in
            let place = Place(receiver: receiver, channel: channel)
            guard let fault else {
                entries[place] = nil
                // Clearing a whole receiver clears its channels too.
                if channel == nil { entries = entries.filter { $0.key.receiver != receiver } }
                return
            }
            if let times, times < 1 { return }
            var queue = entries[place] ?? []
            if let last = queue.last, last.left == nil { queue.removeLast() }
            queue.append(Entry(fault: fault, left: times))
            entries[place] = queue
        }
    }

    func clear() {
        entries.withLock { $0.removeAll() }
    }

    /// The fault for this request, used up by one; a channel's own comes before the receiver's.
    func take(_ receiver: Receiver, channel: String?, where applies: (Fault) -> Bool = { _ in true }) -> Fault? {
        entries.withLock { entries in
            if entries.isEmpty { return nil }
            var places = [Place(receiver: receiver, channel: nil)]
            if let channel { places.insert(Place(receiver: receiver, channel: channel), at: 0) }
            for place in places {
                guard var queue = entries[place], let first = queue.first, applies(first.fault) else { continue }
                if let left = first.left {
                    if left <= 1 { queue.removeFirst() } else { queue[0].left = left - 1 }
                    entries[place] = queue.isEmpty ? nil : queue
                }
                return first.fault
            }
            return nil
        }
    }
}
