// Whose a subscription or a snooze is, as an argument: somebody in `people` of routes.yaml, or an address.

import Foundation
import Incidents
import JSON
import Router
import Routing
import Settings

/// A person, or an address that is not listed.
struct WhoArgument {
    let who: Subscription.Who
    /// Nil for addresses.
    let person: Person?

    /// - Parameter mustBeListed: whether a name must be somebody in `people` now; whoever has left routes.yaml can still
    ///   leave their subscriptions.
    /// - Throws: exit status 64, having said what would be right.
    init(_ text: String, _ configuration: RouterConfiguration, mustBeListed: Bool = true) throws {
        guard let address = Subscription.Who(address: text) else {
            person = mustBeListed ? try configuration.listedPerson(text) : configuration.table.directory.people[text]
            who = .person(text)
            return
        }
        let listed = configuration.table.directory.people.values.filter { person in
            person.addresses.contains { $0.key == address.kind && AddressBlock.compared($0.value, $0.key) == address.compared.text }
        }
        if mustBeListed, let known = listed.map(\.id).min() {
            throw usage("`\(text)` is an address in routes.yaml; that is `\(known)`: name them, and nobody need confirm it")
        }
        person = nil
        who = address
    }

    func zone(_ configuration: RouterConfiguration) -> TimeZone {
        (person?.timezone).flatMap(TimeZone.init(identifier:)) ?? configuration.table.rules.timeZone
    }
}

extension RouterConfiguration {
    /// Somebody of `people`.
    ///
    /// - Throws: exit status 64, having said what would be right.
    func listedPerson(_ name: String) throws -> Person {
        let directory = table.directory
        if let person = directory.people[name] { return person }
        if name.contains("@") || name.hasPrefix("+") {
            throw usage("`\(name)` is neither a mail address as in x@example.com nor a number as in +447700900123")
        }
        if directory.teams[name] != nil || directory.channels[name] != nil {
            let kind = directory.teams[name] == nil ? "channel" : "team"
            throw usage("`\(name)` is a \(kind), and this is for one person; a \(kind) is told by a route in routes.yaml")
        }
        throw usage(
            "there is nobody `\(name)` in `people` of routes.yaml\(Suggestion.clause(for: name, among: directory.people.keys.sorted()))")
    }
}
