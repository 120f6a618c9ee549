// What a broadcast's alarm does: it tells approvers, hands over the next part, or lets it end.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension Setup {
    /// The clock's word about a broadcast: to those who may approve it, or to its author about its end.
    func ringBroadcast(_ id: String, _ surroundings: any Surroundings, now: Date) throws -> [Arrival] {
        let table = configuration.table
        guard let broadcast = try surroundings.broadcast(id), let news = try surroundings.news(of: broadcast) else { return [] }
        if broadcast.state == .waiting, !broadcast.isAnnounced {
            let asked = try Approvers(of: broadcast, table, surroundings, now: now).asked
            let reach = try table.reach(of: broadcast, news, surroundings, now: now)
            return [Pipeline.arrival(wanted(broadcast, news, reach, from: asked, now: now), setup: self, now: now)]
        }
        if broadcast.owesWord { return [Pipeline.arrival(over(broadcast, news, now: now), setup: self, now: now)] }
        return []
    }

    /// What is done without an event: the next addresses, or the next step.
    func broadcastPart(_ id: String, _ surroundings: any Surroundings, now: Date) throws -> RungPart? {
        let table = configuration.table
        guard var broadcast = try surroundings.broadcast(id) else { return nil }
        let before = broadcast
        switch broadcast.state {
        case .waiting:
            guard let until = broadcast.until, until <= now else { return nil }
            broadcast.end(.expired, by: nil, reason: "nobody approved it in time")
        case .cooling:
            guard broadcast.until.map({ $0 <= now }) ?? true else { return nil }
            try table.release(&broadcast, surroundings: surroundings, now: now)
        case .sending, .sent, .refused, .expired, .stopped: break
        }
        let news = try surroundings.news(of: broadcast)
        var part = BroadcastPart(broadcast: broadcast)
        if broadcast.routesWait, broadcast.state == .sending, let news {
            // Routes come first, as they would have if it had not been held; then whom they told is passed over.
            part.deliveries = try table.routed(news, surroundings, now: now)
            part.broadcast.routed = part.deliveries.told
            part.broadcast.routesWait = false
        } else if let next = try table.part(of: broadcast, news: news, surroundings: surroundings, now: now) {
            part = next
        } else if broadcast == before {
            return nil
        }
        return RungPart(
            part: part, lanes: part.deliveries.map { channels[$0.channel]?.destination ?? $0.channel },
            alarm: table.alarm(of: part.broadcast, now: now))
    }

    func broadcastAlarm(_ id: String, _ surroundings: any Surroundings, now: Date) throws -> Alarm? {
        try surroundings.broadcast(id).flatMap { configuration.table.alarm(of: $0, now: now) }
    }

    private func wanted(
        _ broadcast: Broadcast, _ news: BroadcastNews, _ reach: BroadcastReach, from asked: [String], now: Date
    ) -> DueEvent {
        let by = broadcast.by ?? "somebody"
        let id = broadcast.id
        var extra = facts(broadcast, news)
        extra["count"] = reach.isMore ? .string("\(reach.count)+") : .integer(reach.count)
        let limit = configuration.table.people.broadcasts.approveOver ?? 0
        extra["until"] = broadcast.until.map { .string(Timestamp.format($0)) }
        let event = Event.raised(
            .approvalWanted(broadcast: broadcast.id), id: ["broadcast", broadcast.id, "approval", Timestamp.format(broadcast.created)],
            time: now, incident: nil,
            change: Change(reason: "more than \(limit) addresses", by: broadcast.by),
            message:
                "\(by) wants to send this to \(reach.words) addresses. Approve it: tocsin approve \(id) --by YOU. "
                + "Refuse it: tocsin refuse \(id) --by YOU --reason WHY.\(page(of: id))\n\n\(news.text)",
            extra: ["broadcast": .object(extra), Ground.member: .array([Ground(.moreAddresses, String(limit)).json])])
        let whom = asked.map { RecipientEntry(subject: .name($0), text: $0) }
        let told = whom.isEmpty ? configuration.table.operators : whom
        return DueEvent(
            event: event,
            directed: told.map { Directed(.entry($0), origin: .reminder, name: "broadcasts.approvers", isUrgent: true) })
    }

    /// Where it can be looked at and decided without a shell; empty where there is no page.
    private func page(of id: String) -> String {
        guard configuration.http != nil, let url = configuration.router.publicURL,
            let name = id.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed.subtracting(CharacterSet(charactersIn: "/")))
        else { return "" }
        return " Or do either here: \(url)/broadcasts/\(name)"
    }

    private func over(_ broadcast: Broadcast, _ news: BroadcastNews, now: Date) -> DueEvent {
        var what =
            broadcast.state == .sent
            ? "Your broadcast reached nobody: nobody is in its audience." : "Your broadcast was \(broadcast.ending)."
        if let original = broadcast.corrects, broadcast.started == nil {
            what +=
                " It would have corrected `\(original)`, which stays stopped: nobody gets it any more, and those who have it "
                + "have no correction."
        }
        let event = Event.raised(
            .broadcastOver(broadcast: broadcast.id), id: ["broadcast", broadcast.id, broadcast.state.rawValue], time: now, incident: nil,
            change: Change(to: broadcast.state.rawValue, reason: broadcast.reason, by: broadcast.decidedBy),
            message: "\(what)\n\n\(news.text)",
            extra: ["broadcast": .object(facts(broadcast, news))])
        let table = configuration.table
        let author = broadcast.by.map { table.person(meantBy: $0) }
        let directed = author.flatMap { table.directory.people[$0] }.map {
            Directed(.entry(RecipientEntry(subject: .name($0.id), text: $0.id)), origin: .reminder, name: "broadcast", isUrgent: true)
        }
        return DueEvent(event: event, directed: directed.map { [$0] } ?? [])
    }

    private func facts(_ broadcast: Broadcast, _ news: BroadcastNews) -> [String: JSONValue] {
        var facts: [String: JSONValue] = [
            "id": .string(broadcast.id), "message": .string(news.message), "state": .string(broadcast.state.rawValue),
            "audience": .array(broadcast.audience.map(JSONValue.string)), "reached": .integer(broadcast.reached),
        ]
        facts["by"] = broadcast.by.map(JSONValue.string)
        facts["subject"] = news.subject.map(JSONValue.string)
        facts["decided_by"] = broadcast.decidedBy.map(JSONValue.string)
        facts["reason"] = broadcast.reason.map(JSONValue.string)
        return facts
    }
}

extension BroadcastNews {
    /// What it says, as one text.
    fileprivate var text: String { [subject, message].compactMap(\.self).joined(separator: "\n\n") }
}

/// How many addresses a broadcast would reach that waits for its approval.
public struct BroadcastReach: Sendable, Equatable {
    public var count: Int
    /// There are more, or may be.
    public var isMore: Bool

    /// `42`, `more than 1050`.
    public var words: String { isMore ? "more than \(count)" : String(count) }
}

extension RoutingTable {
    /// Addresses above `approve_over` that are counted exactly: in the router everything else waits meanwhile.
    private static let counted = 1_000

    /// What an approver decides on; nil where it is over, or not known any more.
    public func reach(of broadcast: Broadcast, _ surroundings: any Surroundings, now: Date) throws -> BroadcastReach? {
        guard broadcast.state == .waiting, let news = try surroundings.news(of: broadcast) else { return nil }
        return try reach(of: broadcast, news, surroundings, now: now)
    }

    func reach(of broadcast: Broadcast, _ news: BroadcastNews, _ surroundings: any Surroundings, now: Date) throws -> BroadcastReach {
        let limit = (people.broadcasts.approveOver ?? 0) + Self.counted
        let routed = broadcast.routesWait ? try routed(news, surroundings, now: now) : []
        let count = try addresses(of: broadcast, news, routed: routed, surroundings: surroundings, limit: limit, now: now)
        return BroadcastReach(count: min(count, limit), isMore: count > limit)
    }

    /// Whom routes tell of a broadcast, beside its audience.
    func routed(_ news: BroadcastNews, _ surroundings: any Surroundings, now: Date) throws -> [PlannedDelivery] {
        var event = news.event
        event.timeIsExplicit = false
        let application = Incident.apply(event, to: news.incident, now: now)
        return try plan(event, application: application, now: now, surroundings: surroundings, explaining: false).deliveries
    }
}
