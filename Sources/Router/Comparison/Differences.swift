// From two tallies to what is different for whom. Pure.

import Foundation

/// Compares, for each recipient, incident and type of event, how often and by which ways they are told.
struct Differences {
    private struct Story: Hashable {
        var recipient: String
        var incident: String?
        var type: String
        /// What is most urgent is compared by itself: losing it is not made good by something lesser.
        var isMostUrgent: Bool
    }

    private struct Told {
        var count: Int
        var severity: String?
        var first: Date
    }

    /// By way.
    private typealias Ways = [String: Told]

    private let mostUrgent: String
    private var found: [String: RecipientDifference] = [:]

    init(_ old: NoticeTally, _ new: NoticeTally, mostUrgent: String) {
        self.mostUrgent = mostUrgent
        let (before, after) = (Self.stories(old, mostUrgent), Self.stories(new, mostUrgent))
        for (story, ways) in before { compare(story, ways, after[story] ?? [:]) }
        for (story, ways) in after where before[story] == nil { compare(story, [:], ways) }
    }

    /// Those who lose first.
    var all: [RecipientDifference] {
        found.values.map { difference in
            var difference = difference
            difference.lost.settle(mostUrgent)
            difference.gained.settle(mostUrgent)
            return difference
        }.sorted { a, b in
            (b.lost.critical, b.lost.count, b.gained.count, a.recipient) < (a.lost.critical, a.lost.count, a.gained.count, b.recipient)
        }
    }

    private static func stories(_ tally: NoticeTally, _ mostUrgent: String) -> [Story: Ways] {
        var stories: [Story: Ways] = [:]
        for (key, count) in tally.counts {
            let severity = tally.name(key.severity)
            let story = Story(
                recipient: tally.name(key.recipient) ?? "", incident: tally.name(key.incident), type: tally.name(key.type) ?? "",
                isMostUrgent: severity == mostUrgent)
            let way = tally.name(key.way) ?? ""
            let told = Told(count: Int(count.count), severity: severity, first: count.first)
            if var known = stories[story]?[way] {
                // The severity that it was told with first stands for all.
                if told.first < known.first { (known.severity, known.first) = (told.severity, told.first) }
                known.count += told.count
                stories[story]?[way] = known
            } else {
                stories[story, default: [:]][way] = told
            }
        }
        return stories
    }

    private mutating func compare(_ story: Story, _ old: Ways, _ new: Ways) {
        var fewer: [(way: String, told: Told, by: Int)] = []
        var more: [(way: String, told: Told, by: Int)] = []
        for (way, told) in old {
            let by = told.count - (new[way]?.count ?? 0)
            if by > 0 { fewer.append((way, told, by)) }
        }
        for (way, told) in new {
            let by = told.count - (old[way]?.count ?? 0)
            if by > 0 { more.append((way, told, by)) }
        }
        if fewer.isEmpty, more.isEmpty { return }
        fewer.sort { $0.way < $1.way }
        more.sort { $0.way < $1.way }
        // What is less by one way and more by another has moved.
        var difference = found[story.recipient] ?? RecipientDifference(recipient: story.recipient)
        while let from = fewer.first, let to = more.first {
            let count = min(from.by, to.by)
            difference.moved[NoticeMove(from: from.way, to: to.way), default: 0] += count
            fewer[0].by -= count
            more[0].by -= count
            if fewer[0].by == 0 { fewer.removeFirst() }
            if more[0].by == 0 { more.removeFirst() }
        }
        for one in fewer { difference.lost.add(one.by, example(story, one.way, one.told), mostUrgent) }
        for one in more { difference.gained.add(one.by, example(story, one.way, one.told), mostUrgent) }
        found[story.recipient] = difference
    }

    private func example(_ story: Story, _ way: String, _ told: Told) -> NoticeExample {
        NoticeExample(incident: story.incident, type: story.type, severity: told.severity, at: told.first, way: way)
    }
}

extension NoticeChange {
    fileprivate mutating func add(_ count: Int, _ example: NoticeExample, _ mostUrgent: String) {
        self.count += count
        if example.severity == mostUrgent { critical += count }
        byType[example.type, default: 0] += count
        bySeverity[example.severity ?? "none", default: 0] += count
        examples.append(example)
        // Enough to choose the best of, without keeping them all.
        if examples.count > 64 { settle(mostUrgent) }
    }

    fileprivate mutating func settle(_ mostUrgent: String) {
        func rank(_ example: NoticeExample) -> Int { example.severity == mostUrgent ? 0 : 1 }
        examples.sort { (rank($0), $0.at, $0.incident ?? "", $0.type) < (rank($1), $1.at, $1.incident ?? "", $1.type) }
        examples = Array(examples.prefix(Comparison.examples))
    }
}
