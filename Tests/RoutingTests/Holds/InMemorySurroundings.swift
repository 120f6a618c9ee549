// What a ledger would know, given by hand; and how often it was asked.

import Foundation
import Incidents
import JSON

@testable import Routing

final class InMemorySurroundings: Surroundings {
    func stepFailed(of incident: String) -> Bool { false }

    var standingSilences: [Silence] = []
    var standingSubscriptions: [Subscription] = []
    var revision: Int64 = 1
    var toldOf: [String: [ToldAddress]] = [:]
    /// By address, newest first.
    var sent: [String: [Date]] = [:]
    /// The same of those that count towards a limit; nil: those that count towards a throttle do.
    var limited: [String: [Date]]?
    /// By address and key.
    var held: [String: HeldState] = [:]
    var open: [OpenIncident] = []
    private(set) var questions: [String] = []

    var silences: Standing<Silence> { Standing(standingSilences, revision: revision) }
    var subscriptions: SubscriptionBook { SubscriptionBook(standingSubscriptions) }
    var standingSnoozes: [Snooze] = []
    var snoozes: Standing<Snooze> { Standing(standingSnoozes, revision: revision) }

    func told(of incident: String) -> [ToldAddress] {
        questions.append("told \(incident)")
        return toldOf[incident] ?? []
    }

    func throttled(channel: String, address: String, since: Date, limit: Int) -> [Date] {
        questions.append("throttled \(address)")
        return Array((sent[address] ?? []).filter { $0 > since }.prefix(limit))
    }

    func limited(channel: String, address: String, since: Date, limit: Int) -> [Date] {
        guard let limited else { return throttled(channel: channel, address: address, since: since, limit: limit) }
        return Array((limited[address] ?? []).filter { $0 > since }.prefix(limit))
    }

    func held(channel: String, address: String, key: String) -> HeldState {
        questions.append("held \(key)")
        return held["\(address) \(key)"] ?? HeldState()
    }

    func openIncidents(services: [String], atLeast rank: Int) -> [OpenIncident] {
        questions.append("open \(services.joined(separator: ",")) \(rank)")
        return open.filter { services.contains($0.service) }
    }

    func kept(by silence: String) -> [KeptAddress] {
        questions.append("kept \(silence)")
        return []
    }
}

func told(
    _ address: String, by channel: ChannelFacts = mail, recipient: String? = nil, _ state: ToldAddress.State = .heard
) -> ToldAddress {
    ToldAddress(
        channel: channel.name, kind: channel.kind, address: address, recipient: recipient ?? address, for: recipient ?? address,
        language: "de", timezone: "Europe/Berlin", state: state)
}

/// An event that gives the incident a status, applied to it.
func turn(
    _ status: String, of before: Incident? = incident(["severity": "medium"]), type: EventType = .statusChange, at time: Date = noon
) throws -> (event: Event, application: Application) {
    let patch = IncidentPatch(id: before?.id ?? "INC0012345", members: ["status": .string(status)])
    let event = Event(id: "turn", source: "monitor", type: type, time: time, incident: patch)
    guard let application = Incident.apply(event, to: before, now: noon) else { throw MatchError(message: "not applied") }
    return (event, application)
}

/// An event of the clock's.
func raised(_ raised: Raised, _ type: EventType, reason: String? = nil) -> Event {
    Event(
        id: "own", source: Event.ownSource, type: type, time: noon, incident: IncidentPatch(id: "INC0012345"),
        change: Change(reason: reason), raised: raised)
}

extension Plan {
    /// `ADDRESS INTENT`, for each delivery.
    var outcome: [String] {
        deliveries.map { delivery in
            switch delivery.intent {
            case .send: "\(delivery.address) send"
            case .hold(let hold): "\(delivery.address) hold \(hold.kind.rawValue) \(hold.key.isEmpty ? "-" : hold.key)"
            case .suppress: "\(delivery.address) suppress"
            case .supersede: "\(delivery.address) supersede"
            }
        }
    }

    /// Of the deliveries that are held.
    var holds: [Hold] {
        deliveries.compactMap { if case .hold(let hold) = $0.intent { hold } else { nil } }
    }

    /// Of the deliveries that are suppressed or superseded.
    var reasons: [String] {
        deliveries.compactMap {
            switch $0.intent {
            case .suppress(let suppression): suppression.reason
            case .supersede(let reason): reason
            case .send, .hold: nil
            }
        }
    }
}

let medium = incident(["severity": "medium"])

extension RoutingTable {
    /// The duty engineer's evening in Kolkata is quiet: at noon UTC it is 17:30 there.
    func withQuietHours(_ from: Int = 17 * 60, _ until: Int = 19 * 60, of person: String = "duty-engineer") -> RoutingTable {
        var table = self
        table.directory.people[person]?.quietHours = QuietHours(from: from, until: until)
        return table
    }

    /// What follows from an event about an incident that stays as it is.
    func planned(
        _ event: Event = event(.escalation), of incident: Incident = medium, with known: any Surroundings = NoSurroundings(),
        directed: [Directed] = [], at now: Date = noon, explaining: Bool = true
    ) throws -> Plan {
        try plan(
            event, application: application(incident), now: now, surroundings: known, directed: directed, explaining: explaining)
    }

    /// What follows from an end or a reopening.
    func planned(turn: (event: Event, application: Application), with known: any Surroundings, at now: Date = noon) throws -> Plan {
        try plan(turn.event, application: turn.application, now: now, surroundings: known)
    }
}
