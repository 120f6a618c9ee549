// The end of a silence: its owner hears beforehand that it comes, and whoever it kept from hearing hears afterwards of what
// is still open. Pure.

import Foundation
import Incidents
import JSON

extension Silence {
    /// How long before its end its owner hears of it, in seconds: a quarter of an hour, or of a short silence a quarter.
    static func notice(_ length: TimeInterval) -> TimeInterval { min(900, max(0, length) / 4) }

    /// When its owner is to hear that it is about to end; nil: that has been done, or it has ended.
    var announcesAt: Date? {
        guard announcedAt == nil, endedAt == nil else { return nil }
        return until.addingTimeInterval(-Self.notice(until.timeIntervalSince(from)))
    }

    /// It is over, and nobody has been told yet.
    func isToBeSettled(at now: Date) -> Bool { !isSettled && (endedAt != nil || until <= now) }

    /// The silence after its alarm has rung and what was due has been raised: announced, or settled.
    public func rung(at now: Date) -> Silence {
        var after = self
        if isToBeSettled(at: now) {
            after.endedAt = endedAt ?? until
            after.isSettled = true
        } else if let announcesAt, announcesAt <= now {
            after.announcedAt = now
        }
        return after
    }
}

extension RoutingTable {
    /// When the clock is to look at a silence again; nil: never, all is told.
    public func alarm(of silence: Silence, now: Date) -> Alarm? {
        func alarm(_ due: Date, _ what: String) -> Alarm {
            Alarm(subject: .silence(silence.id), due: max(due.wholeMillisecondsUp, now), what: what)
        }
        if silence.isSettled { return nil }
        if let endedAt = silence.endedAt { return alarm(min(endedAt, now), "silence ends") }
        if let announcesAt = silence.announcesAt, now < silence.until, owner(of: silence) != nil {
            return alarm(announcesAt, "silence is about to end")
        }
        return alarm(silence.until, "silence ends")
    }

    /// The events to raise because a silence is about to end, or has ended, and whom they are for. The last of those at its
    /// end is `silenceEnded`, also where its owner is nobody who can be told: then the end is written down all the same.
    /// They move no incident; `Silence.rung` says what becomes of the silence.
    ///
    /// - Parameter kept: whom it kept from hearing of an incident that is still open.
    public func dueEvents(of silence: Silence, kept: [KeptAddress], now: Date) -> [DueEvent] {
        if silence.isToBeSettled(at: now) {
            let ended = min(silence.endedAt ?? silence.until, now)
            return stillOpen(silence, kept, ended: ended, now: now)
                + [word(of: silence, .silenceEnded(silence: silence.id), at: ended, to: owner(of: silence), now: now)]
        }
        guard let announcesAt = silence.announcesAt, announcesAt <= now, let owner = owner(of: silence) else { return [] }
        return [word(of: silence, .silenceEnding(silence: silence.id), at: announcesAt, to: owner, now: now)]
    }

    /// One event for each incident, to everybody who was kept from hearing of it.
    private func stillOpen(_ silence: Silence, _ kept: [KeptAddress], ended: Date, now: Date) -> [DueEvent] {
        let why = "\(description(of: silence)) kept it back until \(ClockText.moment(ended, now: now))"
        return Dictionary(grouping: kept, by: \.incident).sorted { $0.key < $1.key }.map { incident, addresses in
            let event = Event.raised(
                .stillOpen(silence: silence.id),
                id: [incident, "still_open", silence.id, Timestamp.format(silence.from), Timestamp.format(ended)], time: ended,
                incident: incident, change: Change(reason: why, by: silence.by), message: "\(incident) is still open. \(sentence(why))",
                extra: ["silence": silence.document])
            return DueEvent(
                event: event,
                directed: addresses.map { Directed(.told($0.address), origin: .stillOpen, name: "silence.\(silence.id)") })
        }
    }

    private func word(of silence: Silence, _ raised: Raised, at time: Date, to owner: RecipientEntry?, now: Date) -> DueEvent {
        let isEnding = if case .silenceEnding = raised { true } else { false }
        let end = ClockText.moment(isEnding ? silence.until : time, now: now)
        let text = "\(description(of: silence)) \(isEnding ? "ends at" : "has ended, at") \(end)"
        let event = Event.raised(
            raised, id: ["silence", silence.id, isEnding ? "ending" : "ended", Timestamp.format(silence.from), Timestamp.format(time)],
            time: time, incident: nil, change: Change(reason: silence.reason, by: silence.by),
            message: sentence(text) + (isEnding ? " Start it again with a later end if it is to go on." : ""),
            extra: ["silence": silence.document])
        let directed = owner.map { [Directed(.entry($0), origin: .reminder, name: "silence.\(silence.id)")] } ?? []
        return DueEvent(event: event, directed: directed)
    }

    /// A person, by id or else by display name; nil where `by` is nobody in `people`.
    private func owner(of silence: Silence) -> RecipientEntry? {
        guard let by = silence.by else { return nil }
        let folded = FoldedWord(by)
        func first(_ test: (Person) -> Bool) -> String? { directory.people.values.filter(test).map(\.id).min() }
        let id = directory.people[by]?.id ?? first { folded.equals($0.id) } ?? first { folded.equals($0.displayName) }
        return id.map { RecipientEntry(subject: .name($0), text: $0) }
    }

    /// `silence x1 of service-owner (service: search; maintenance)`.
    private func description(of silence: Silence) -> String {
        let match = silence.match.sorted { $0.key < $1.key }.map { "\($0.key): \(words($0.value))" }.joined(separator: ", ")
        let about = ClockText.oneLine([match, silence.reason ?? ""].filter { !$0.isEmpty }.joined(separator: "; "))
        return "silence \(silence.id)" + (silence.by.map { " of \($0)" } ?? "") + (about.isEmpty ? "" : " (\(about))")
    }

    private func words(_ value: JSONValue) -> String {
        value.array.map { $0.map(words).joined(separator: " or ") } ?? value.scalarText ?? ""
    }

    private func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }
}

extension Silence {
    fileprivate var document: JSONValue {
        var out: [String: JSONValue] = [
            "id": .string(id), "match": .object(match), "from": .string(Timestamp.format(from)),
            "until": .string(Timestamp.format(until)),
        ]
        if let reason { out["reason"] = .string(reason) }
        if let by { out["by"] = .string(by) }
        return .object(out)
    }
}
