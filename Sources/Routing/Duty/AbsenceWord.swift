// What somebody's word about an absence comes to: it begins, takes the place of another one, or ends. Pure.

import Foundation
import Incidents
import JSON

/// The effect of an `absence` event.
public struct AbsenceWord: Sendable {
    /// The ids of those that do not stand any more.
    public var ended: [String] = []
    public var begun: Absence?
    /// Who is told.
    public var directed: [Directed] = []

    /// The longest absence, in seconds: two years. What is longer is a slip of the pen.
    public static let longest: TimeInterval = 732 * 86_400
    /// Seconds for which one that is over is still known.
    static let memory: TimeInterval = 7 * 86_400
}

extension RoutingTable {
    /// What the event says; or why it cannot be accepted: somebody is nobody in `people`, or the times cannot be meant.
    ///
    /// A new absence takes the place of those of the same person that it overlaps. One whose `until` is over ends what there is now;
    /// where they are not away now, what is planned.
    public func word(
        _ event: Event, absences: [Absence], now: Date
    ) -> Result<AbsenceWord, Rejection> {
        do throws(Rejection) {
            return .success(try read(event, absences, now))
        } catch {
            return .failure(error)
        }
    }

    private func read(_ event: Event, _ absences: [Absence], _ now: Date) throws(Rejection) -> AbsenceWord {
        let payload = event.payload ?? [:]
        guard let who = try person("who", payload) else {
            throw Rejection(.missingMember, "an absence needs `who`: the person who is away", pointer: "/absence/who")
        }
        let deputy = try person("deputy", payload)
        if deputy?.id == who.id {
            throw Rejection(
                .wrongType, "`\(who.id)` cannot stand in for themselves; leave `deputy` out, or name somebody else",
                pointer: "/absence/deputy")
        }
        let from = payload["from"]?.string.flatMap(Timestamp.parse) ?? min(event.time, now)
        let until = payload["until"]?.string.flatMap(Timestamp.parse) ?? now
        if until.timeIntervalSince(max(from, now)) > AbsenceWord.longest {
            throw Rejection(.badTime, "an absence may last two years at most", pointer: "/absence/until")
        }
        var word = AbsenceWord()
        word.ended = absences.filter { $0.until < now.addingTimeInterval(-AbsenceWord.memory) }.map(\.id)
        let known = absences.filter { $0.who == who.id && $0.until > now }
        let replaced = until <= now ? Absence.ended(byComingBackAt: now, known) : known.filter { $0.from < until && from < $0.until }
        word.ended += replaced.map(\.id)
        if until > now {
            let isTaken = absences.contains { $0.id == event.id && !word.ended.contains($0.id) }
            let id = isTaken ? "\(event.source)/\(event.id)" : event.id
            word.ended.removeAll { $0 == id }
            word.begun = Absence(
                id: id, who: who.id, from: from, until: until, deputy: deputy?.id, by: event.change.by ?? payload["by"]?.string)
        } else if replaced.isEmpty {
            return word
        }
        let begins = until > now && from <= now
        let name = "absence.\(who.id)"
        func tell(_ id: String, isUrgent: Bool) {
            let entry = RecipientEntry(subject: .name(id), text: id)
            word.directed.append(Directed(.entry(entry), origin: .responsibility, name: name, isUrgent: isUrgent))
        }
        if until > now, let deputy { tell(deputy.id, isUrgent: begins) }
        // Whoever stood in for them so far knows that it is over, or somebody else's now.
        for other in Set(replaced.compactMap(\.deputy)).sorted() where other != deputy?.id || until <= now { tell(other, isUrgent: false) }
        if let own = ownWay(to: who) { word.directed.append(Directed(.told(own), origin: .responsibility, name: name)) }
        return word
    }

    /// Nil where it is not there.
    private func person(_ member: String, _ payload: [String: JSONValue]) throws(Rejection) -> Person? {
        guard let word = payload[member]?.string, !word.isEmpty else { return nil }
        if let person = directory.person(like: word) { return person }
        let hint = Suggestion.clause(for: word, among: directory.people.keys)
        throw Rejection(.wrongType, "`\(member)` is `\(quoted(word))`, who is nobody in `people`\(hint)", pointer: "/absence/\(member)")
    }

    /// The way to the person themselves, be they away already; nil: there is none.
    private func ownWay(to person: Person) -> ToldAddress? {
        var search = RecipientSearch(directory: directory, incident: nil, severity: nil)
        search.add(person: person, via: nil)
        return search.reached.first.map {
            ToldAddress(
                channel: $0.channel.name, kind: $0.channel.kind, address: $0.address, recipient: person.id, for: person.id, state: .heard)
        }
    }
}
