// Counts who is told of what, in little memory: a month has many messages, and few names.

import Foundation

/// Words, each kept once.
struct Words32 {
    private var numbers: [String: Int32] = [:]
    private(set) var words: [String] = []

    mutating func number(of word: String) -> Int32 {
        if let known = numbers[word] { return known }
        let number = Int32(words.count)
        numbers[word] = number
        words.append(word)
        return number
    }
}

/// How often somebody is told something by one way.
struct NoticeTally {
    struct Key: Hashable {
        var recipient: Int32
        /// -1: of no incident.
        var incident: Int32
        var type: Int32
        /// A channel, or a channel's digest.
        var way: Int32
        /// -1: none.
        var severity: Int32
    }

    struct Count {
        var count: Int32 = 0
        var first: Date
    }

    private(set) var counts: [Key: Count] = [:]
    private(set) var messages = 0
    private(set) var names = Words32()

    func name(_ number: Int32) -> String? { number < 0 ? nil : names.words[Int(number)] }

    /// Counts what leaves; of a digest, everything that it holds.
    mutating func count(_ line: TimelineLine) {
        guard line.action.leaves else { return }
        messages += 1
        if !line.isDigest || line.contents.isEmpty { add(line, to: line, at: line.at, isGathered: line.isDigest) }
        for content in line.contents { add(content, to: line, at: line.at, isGathered: true) }
    }

    private mutating func add(_ told: TimelineLine, to line: TimelineLine, at: Date, isGathered: Bool) {
        let key = Key(
            recipient: names.number(of: line.recipient), incident: told.incident.map { names.number(of: $0) } ?? -1,
            type: names.number(of: told.type), way: names.number(of: isGathered ? "\(line.channel), in a digest" : line.channel),
            severity: told.severity.map { names.number(of: $0) } ?? -1)
        counts[key, default: Count(first: at)].count += 1
    }
}
