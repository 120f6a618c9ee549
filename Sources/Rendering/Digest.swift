// What a digest holds, in the order in which it is read: what is open, most urgent and newest first; what is about no
// incident; what has ended. However much is left out of a message, the counts are those of the whole.

import Foundation
import Incidents

/// The items of a message, sorted, with the facts of those that are shown.
struct Digest {
    /// One item with its facts.
    struct Entry {
        var item: DigestItem
        var facts: Facts
    }

    /// How much of a digest one message shows: items, and UTF-16 units of each part (as written in its destination).
    struct Room {
        var items: Int
        var units: Int

        init(_ kind: ChannelKind, limit: Int) {
            switch kind {
            case .slack: (items, units) = (limit >= 500 ? 20 : limit >= 200 ? 10 : 4, 2_700)
            case .teams: (items, units) = (limit >= 800 ? 20 : limit >= 300 ? 10 : 4, 6_000)
            case .email: (items, units) = (limit >= 2_000 ? 50 : 20, 100_000)
            // What a short message says of single items, it cuts by itself.
            case .sms: (items, units) = (20, 2_000)
            }
        }
    }

    let openCount: Int
    let endedCount: Int
    /// Of those that ended: how many are closed, not only resolved.
    let closedCount: Int
    let otherCount: Int
    /// How many messages it stands for.
    let messages: Int
    /// The most urgent of the open ones; nil where none is open, or the scale does not know it.
    let worst: Severity?
    /// Open ones that nobody has.
    let waiting: [DigestItem]

    let open: [Entry]
    let other: [Entry]
    let ended: [Entry]

    var count: Int { openCount + otherCount + endedCount }
    /// How many are not shown.
    var more: Int { count - open.count - other.count - ended.count }
    /// All that are shown.
    var shown: [Entry] { open + other + ended }

    init?(_ request: RenderRequest, limit: Int, _ phrases: Phrases) {
        if request.digest.isEmpty { return nil }
        func rank(_ item: DigestItem) -> Int { item.severity.flatMap(request.severities.severity)?.rank ?? .max }
        func isNewer(_ a: DigestItem, _ b: DigestItem) -> Bool {
            a.event.time == b.event.time ? (a.incident?.id ?? a.event.id) < (b.incident?.id ?? b.event.id) : a.event.time > b.event.time
        }
        let open = request.digest.filter { $0.incident?.isOpen ?? false }
            .sorted { rank($0) == rank($1) ? isNewer($0, $1) : rank($0) < rank($1) }
        let ended = request.digest.filter { $0.incident.map { !$0.isOpen } ?? false }
            .sorted { $0.endedAt == $1.endedAt ? isNewer($0, $1) : $0.endedAt > $1.endedAt }
        let other = request.digest.filter { $0.incident == nil }.sorted(by: isNewer)
        (openCount, endedCount, otherCount) = (open.count, ended.count, other.count)
        closedCount = ended.count { $0.incident?.status == .closed }
        messages = request.digest.reduce(0) { $0 + max(1, $1.count) }
        worst = open.first.flatMap { $0.severity.flatMap(request.severities.severity) }
        waiting = open.filter { !($0.incident?.acknowledged ?? false) && $0.incident?.status != .onHold }

        let room = Room(request.kind, limit: limit)
        // What has ended always has a quarter: it is an end that is owed.
        let forEnded = min(ended.count, max(room.items / 4, room.items - open.count - other.count))
        let forOther = min(other.count, max((room.items - forEnded) / 4, room.items - forEnded - open.count))
        self.open = Self.entries(open.prefix(room.items - forEnded - forOther), request, limit: limit, units: room.units, phrases)
        self.other = Self.entries(other.prefix(forOther), request, limit: limit, units: room.units, phrases)
        self.ended = Self.entries(ended.prefix(forEnded), request, limit: limit, units: room.units, phrases)
    }

    /// The first of the items, as many as fit.
    private static func entries(
        _ items: ArraySlice<DigestItem>, _ request: RenderRequest, limit: Int, units: Int, _ phrases: Phrases
    ) -> [Entry] {
        let destination: Destination =
            switch request.kind {
            case .slack: .slack
            case .teams: .markdown
            case .email: .html
            case .sms: .plain
            }
        var left = units
        var entries: [Entry] = []
        for item in items {
            let entry = Entry(item: item, facts: Facts(item.request(within: request), limit: min(limit, 200), phrases))
            let words = [Words.digestLine(entry), Words.latest(entry), Words.said(entry), Words.digestLink(entry)]
            // Marks and markup around it.
            left -= words.compactMap { $0 }.reduce(60) { $0 + destination.escapeText($1).utf16.count }
            if left < 0, !entries.isEmpty { break }
            entries.append(entry)
        }
        return entries
    }
}

extension RenderRequest {
    /// The message is nothing but what was held.
    var isDigest: Bool { !digest.isEmpty && (origin == "digest" || template == "digest") }
}

extension DigestItem {
    /// When the incident ended: as its course has it, or else its newest event's time.
    var endedAt: Date { incident?.course.endedAt ?? event.time }

    /// The item as a message of its own, in the reader's terms.
    fileprivate func request(within request: RenderRequest) -> RenderRequest {
        var own = RenderRequest(
            kind: request.kind, template: event.type.rawValue, language: request.language, timezone: request.timezone, event: event,
            incident: incident, severity: severity.map { request.severities.severity($0) ?? Severity(name: $0, rank: .max) },
            reopens: false,
            recipient: request.recipient, routes: request.routes, delivery: request.delivery, channel: request.channel, now: request.now,
            maximumSegments: request.maximumSegments, lateAfter: request.lateAfter, severities: request.severities)
        own.displayName = request.displayName
        return own
    }
}
