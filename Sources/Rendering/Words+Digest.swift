// Words of digests, and of notices that were folded into another message.

import Foundation
import Incidents

extension Words {
    /// `3 open, 2 resolved`; always exact.
    static func counts(_ digest: Digest, _ phrases: Phrases) -> String {
        var parts: [String] = []
        if digest.openCount > 0 { parts.append(phrases.say(.countOpen, count: digest.openCount)) }
        if digest.endedCount > 0 { parts.append(ended(digest, phrases)) }
        if digest.otherCount > 0 { parts.append(other(digest, isAlone: parts.isEmpty, phrases)) }
        return parts.joined(separator: ", ")
    }

    private static func ended(_ digest: Digest, _ phrases: Phrases) -> String {
        let isClosed = digest.closedCount == digest.endedCount
        return phrases.say(digest.closedCount == 0 ? .countResolved : isClosed ? .countClosed : .countOver, count: digest.endedCount)
    }

    private static func other(_ digest: Digest, isAlone: Bool, _ phrases: Phrases) -> String {
        phrases.say(isAlone ? .countOthers : .countOther, count: digest.otherCount)
    }

    /// What a digest is about, behind the word: the counts, or the only thing it says.
    static func digestTopic(_ digest: Digest, _ phrases: Phrases) -> String {
        guard digest.count == 1, let only = digest.shown.first else { return counts(digest, phrases) }
        return digestLine(only)
    }

    /// `9 messages about 5 incidents`.
    static func digestSummary(_ digest: Digest, _ phrases: Phrases) -> String {
        let incidents = digest.openCount + digest.endedCount
        let held = phrases.say(.messagesHeld, count: digest.messages)
        return incidents == 0 ? held : phrases.say(.messagesHeldAbout, count: incidents, (.what, held))
    }

    static func digestExpected(_ digest: Digest, _ phrases: Phrases) -> String {
        guard let first = digest.waiting.first else { return phrases.say(.nothingToDo) }
        guard digest.waiting.count == 1 else {
            return phrases.say(.waitForSomebody, count: digest.waiting.count, (.command, "tocsin ack INCIDENT"))
        }
        return acknowledge(first.incident.flatMap { Facts.quoted($0.id) }, phrases)
    }

    /// One item: `INC1 Payments API failing: critical, open since 03:50 GMT, nobody has it`, `INC7 Payments API: resolved
    /// 23:10 GMT, lasted 40 min`, or the headline of an event without an incident.
    static func digestLine(_ entry: Digest.Entry) -> String {
        let facts = entry.facts
        guard let incident = entry.item.incident else { return headline(facts, topicLimit: 120) }
        let name = [facts.name(incident.id), facts.title.map { Shortening.cut($0, to: 120) }].compactMap { $0 }.joined(separator: " ")
        return facts.phrases.say(.headline, (.happening, name), (.topic, digestState(entry)))
    }

    /// How it stands: `critical, open since 03:50 GMT, nobody has it`; nil for an event without an incident.
    static func digestState(_ entry: Digest.Entry) -> String {
        let facts = entry.facts
        guard let incident = entry.item.incident else { return happening(facts) }
        func time(_ date: Date) -> String { Words.time(date, clock: facts.clock, now: facts.request.now) }
        if !incident.isOpen {
            let lasted = duration(entry.item.endedAt.timeIntervalSince(incident.openedAt), facts.phrases)
            return facts.phrases.say(
                .lasted, (.state, status(incident.status, facts.phrases)), (.time, time(entry.item.endedAt)), (.duration, lasted))
        }
        var parts = [entry.item.severity.map(facts.name)].compactMap { $0 }
        parts.append(facts.phrases.say(.since, (.state, status(incident.status, facts.phrases)), (.time, time(incident.openedAt))))
        if incident.acknowledged {
            if let holder = facts.holder { parts.append(facts.phrases.say(.hasIt, (.name, holder))) }
        } else if incident.status != .onHold {
            parts.append(facts.phrases.say(.nobodyHasIt))
        }
        return parts.joined(separator: ", ")
    }

    /// What happened last: `Severity raised from medium to critical, 03:58 GMT`; nil where the line says it.
    static func latest(_ entry: Digest.Entry) -> String? {
        guard let incident = entry.item.incident, incident.isOpen else { return nil }
        let last =
            "\(happening(entry.facts)), \(time(entry.facts.request.event.time, clock: entry.facts.clock, now: entry.facts.request.now))"
        return entry.item.count > 1 ? entry.facts.phrases.say(.latestOf, count: entry.item.count, (.last, last)) : last
    }

    /// The newest event's own text, on one line; nil for what has ended.
    static func said(_ entry: Digest.Entry) -> String? {
        guard entry.item.incident?.isOpen ?? true, let message = entry.facts.message else { return nil }
        let line = entry.facts.line(message)
        // An event without an incident has the beginning of its text as its headline.
        return line.isEmpty || (entry.item.incident == nil && digestLine(entry).hasSuffix(line)) ? nil : line
    }

    /// The incident's link, where it is short enough to stand in a list.
    static func digestLink(_ entry: Digest.Entry) -> String? {
        entry.item.incident?.text("url").flatMap(SafeLink.make).flatMap { $0.utf8.count <= 500 ? $0 : nil }
    }

    static func digestSymbol(_ entry: Digest.Entry) -> String {
        if entry.facts.isOver { return "✓" }
        return Tone(entry.facts).symbol ?? "•"
    }

    /// `and 312 more`; nil where everything is shown.
    static func more(_ digest: Digest, _ phrases: Phrases) -> String? {
        digest.more > 0 ? phrases.say(.andMore, count: digest.more) : nil
    }

    /// A digest in one sentence, the shorter the less text there may be: `3 open (INC1 critical, INC2 high, +1), 2 resolved`.
    static func digestShort(_ digest: Digest, limit: Int, _ phrases: Phrases) -> String {
        if digest.count == 1, let only = digest.shown.first, limit > 100 { return Shortening.cut(digestLine(only), to: limit) }
        let (items, title): (Int, Int) =
            switch limit {
            case 1_000...: (10, 40)
            case 300...: (10, 20)
            case 200...: (10, 0)
            case 150...: (6, 0)
            case 100...: (4, 0)
            case 70...: (3, 0)
            case 45...: (1, 0)
            default: (0, 0)
            }
        func list(_ entries: [Digest.Entry], of count: Int, most: Int, _ words: (Digest.Entry) -> String) -> String {
            let shown = entries.prefix(most)
            if shown.isEmpty { return "" }
            return " (" + (shown.map(words) + (count > shown.count ? ["+\(count - shown.count)"] : [])).joined(separator: ", ") + ")"
        }
        func name(_ entry: Digest.Entry) -> String { entry.facts.name(entry.item.incident?.id ?? "") }
        var parts: [String] = []
        if digest.openCount > 0 {
            let open = list(digest.open, of: digest.openCount, most: items) { entry in
                let topic = title > 0 ? entry.facts.title.map { Shortening.cut($0, to: title) } : nil
                return [name(entry), entry.item.severity.map(entry.facts.name), topic].compactMap { $0 }.joined(separator: " ")
            }
            parts.append("\(phrases.say(.countOpen, count: digest.openCount))\(open)")
        }
        if digest.endedCount > 0 {
            parts.append("\(ended(digest, phrases))\(list(digest.ended, of: digest.endedCount, most: limit >= 150 ? items / 2 : 0, name))")
        }
        if digest.otherCount > 0 {
            parts.append(other(digest, isAlone: parts.isEmpty, phrases))
        }
        return parts.joined(separator: ", ")
    }

    /// What was held and now comes with another message: `Also affected: INC5 payments (medium, open), INC6 search (low,
    /// open) and 3 more.` A digest whose template is silent about it begins with its counts.
    static func alsoAffected(_ facts: Facts) -> String? {
        guard let digest = facts.digest else { return nil }
        let shown = digest.shown.prefix(facts.isDigest ? 20 : 5)
        let items = shown.map { entry -> String in
            guard let incident = entry.item.incident else { return digestLine(entry) }
            let name = entry.facts.line(incident.members["service"]) ?? entry.facts.title.map { Shortening.cut($0, to: 60) }
            let state = [entry.item.severity.map(entry.facts.name), status(incident.status, facts.phrases)].compactMap { $0 }
                .joined(separator: ", ")
            return "\([entry.facts.name(incident.id), name].compactMap { $0 }.joined(separator: " ")) (\(state))"
        }
        let more = digest.count > shown.count ? facts.phrases.say(.andMore, count: digest.count - shown.count) : nil
        return facts.phrases.say(
            .listWithMore, (.what, facts.isDigest ? counts(digest, facts.phrases) : facts.phrases.say(.alsoAffected)),
            (.list, items.joined(separator: ", ")), (.more, more))
    }

    /// The same for short messages: ` Also affected: INC5, INC6 +3.`
    static func alsoAffectedShort(_ facts: Facts) -> String {
        guard !facts.isDigest, let digest = facts.digest else { return "" }
        let names = digest.shown.compactMap { $0.item.incident.map { facts.name($0.id) } }.prefix(3)
        if names.isEmpty { return "" }
        let list = "\(names.joined(separator: ", "))\(digest.count > names.count ? " +\(digest.count - names.count)" : "")"
        return " " + facts.phrases.say(.listWithMore, (.what, facts.phrases.say(.alsoAffected)), (.list, list))
    }
}
