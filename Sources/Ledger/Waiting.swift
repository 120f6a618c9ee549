// What collapse looks at in a line of deliveries that wait, and what a successor takes over from them.

import Foundation

/// One that waits in the line.
struct Waiting {
    var id: Int64
    var due: Date
    var attempts: Int
    var replaces: Int
    var priority: Int
    var isUrgent: Bool
    var isFirst: Bool
    var state: DeliveryState
    /// When its next way is due; nil where that has been taken.
    var fallbackAt: Int64?
    /// Nil: worth sending for as long as it is tried.
    var expires: Int64?
    /// How many were held, and are said by it.
    var contains: Int
    /// The first of its ways, where it is another one.
    var root: Int64?

    init(_ row: some StoredRow) throws {
        id = try row.need(row.int64(0), "the id of a delivery")
        due = try row.need(row.date(1), "a due time")
        attempts = row.int(2) ?? 0
        replaces = row.int(3) ?? 0
        priority = row.int(4) ?? 0
        isUrgent = row.flag(5)
        isFirst = row.flag(6)
        state = try row.need(row.text(7).flatMap(DeliveryState.init(rawValue:)), "the state of a delivery")
        fallbackAt = row.flag(9) ? nil : row.int64(8)
        expires = row.int64(10)
        contains = row.int(11) ?? 0
        root = row.int64(12)
    }

    /// Of what is due.
    func mayBeSuperseded(_ now: Date) -> Bool { attempts > 0 || now.timeIntervalSince(due) > Conversation.patience }
}

/// What a successor takes over.
struct Taken {
    var count = 0
    var priority = Int.max
    var isUrgent = false
    var isFirst = false
    var fallbackAt: Int64?
    /// The latest end of their worth; some of them may have none.
    var expires: Int64?
    var isEndless = false
    var states: [DeliveryState: Int] = [:]
    /// Those of them that say what was held.
    var digests: [Int64] = []
    /// The first ways of those that are other ways: what they hold names these.
    var roots: [Int64] = []

    mutating func add(_ waiting: Waiting) {
        count += 1 + waiting.replaces
        priority = min(priority, waiting.priority)
        isUrgent = isUrgent || waiting.isUrgent
        isFirst = isFirst || waiting.isFirst
        if let at = waiting.fallbackAt { fallbackAt = min(fallbackAt ?? at, at) }
        if let end = waiting.expires { expires = max(expires ?? end, end) } else { isEndless = true }
        states[waiting.state, default: 0] += 1
        if waiting.contains > 0 { digests.append(waiting.id) }
        if let root = waiting.root { roots.append(root) }
    }
}
