// What a silence is about, before it begins.

import Foundation
import Incidents
import Ledger
import Router
import Routing
import Settings

/// What a silence would keep back as things are.
struct SilencePreview {
    private static let listed = 5
    /// Incidents that are looked at, at most: those that changed last.
    private static let looked = 20_000

    private let until: Date
    private let now: Date
    private let aboutEvents: [String]
    private let isKnown: Bool
    private let matching: [Incident]
    private let open: Int

    init(
        _ match: MatchWords, until: Date, _ configuration: RouterConfiguration, _ option: ConfigOption, now: Date
    ) async throws {
        self.until = until
        self.now = now
        aboutEvents = match.aboutEvents
        guard let ledger = try option.ledgerIfAny(configuration) else {
            (isKnown, matching, open) = (false, [], 0)
            return
        }
        let incidents = try await option.closing(ledger) { try await $0.incidents(IncidentFilter(openOnly: true, limit: Self.looked)) }
        isKnown = true
        open = incidents.count
        matching = incidents.filter { match.holds(for: $0, by: configuration.table, now: now) }
    }

    /// On standard error: the id alone is the command's output.
    func show() {
        func say(_ text: String) { Terminal.complain(Terminal.clean(text), prefix: "") }
        let length = "until \(Moment.short(until, now: now)) (\(Amount.time(until.timeIntervalSince(now))))"
        guard isKnown else { return say("silent \(length); no incident is known yet") }
        let noun = matching.count == 1 ? "incident matches" : "incidents match"
        let all = open < Self.looked ? "\(open) open" : "the \(open) open ones that changed last,"
        say("silent \(length); \(matching.count) of \(all) \(noun)\(matching.isEmpty ? " as things are" : ":")")
        for incident in matching.prefix(Self.listed) {
            let words = [incident.id, incident.text("severity") ?? "", incident.status.rawValue, incident.text("title") ?? ""]
            say("  " + words.filter { !$0.isEmpty }.joined(separator: "  "))
        }
        if matching.count > Self.listed { say("  and \(matching.count - Self.listed) more") }
        if !aboutEvents.isEmpty { say("of these, only events with \(aboutEvents.joined(separator: ", "))") }
    }
}
