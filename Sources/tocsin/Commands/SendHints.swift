// What `tocsin send` says of what looks like a slip: on standard error, and nothing else changes.

import Foundation
import Incidents
import Ledger
import Routing
import Settings

/// Looks at an event that is about to be dropped for what was probably meant otherwise.
struct SendHints {
    let event: Event
    let configuration: RouterConfiguration

    /// Types that make sense only of an incident that is known.
    private static let ofKnown: Set<EventType> = [.update, .assignment, .severityChange, .acknowledgement]

    /// Nothing here may fail: a hint that cannot be had is none.
    func say(_ option: ConfigOption) async {
        for stranger in configuration.table.strangers(in: event) { Terminal.complain(Terminal.clean(stranger.text)) }
        for (member, word) in [("change.by", event.change.by), ("incident.reporter", event.incident?.members["reporter"]?.string)] {
            if let word, let near = person(like: word) {
                Terminal.complain(
                    Terminal.clean("`\(member)` is `\(word)`, and nobody is called that in routes.yaml; did you mean `\(near)`?"))
            }
        }
        guard let id = event.incident?.id, let near = try? await incident(like: id, option) else { return }
        Terminal.complain(Terminal.clean("no incident `\(id)` is known, and `\(near)` is open; did you mean that?"))
    }

    /// Somebody whose id is near; nil where the word means somebody, or is near nobody's.
    private func person(like word: String) -> String? {
        let directory = configuration.table.directory
        if word.isEmpty || directory.person(like: word) != nil { return nil }
        return Suggestion.nearest(to: word, among: directory.people.keys.sorted())
    }

    private func incident(like id: String, _ option: ConfigOption) async throws -> String? {
        guard let ledger = try? LedgerStore(directory: configuration.router.state, readOnly: true) else { return nil }
        return try await option.closing(ledger) { ledger in
            if let near = try await ledger.openIncident(writtenLike: id) { return near }
            guard
                Self.ofKnown.contains(event.type)
                    || event.incident?.members["status"]?.string.flatMap(IncidentStatus.init(word:))?.isEnded ?? false,
                try await ledger.incident(id) == nil
            else { return nil }
            return try await ledger.incidentIDs(near: id, limit: 1, isOpen: true).first
        }
    }
}
