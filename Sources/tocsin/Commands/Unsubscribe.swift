// tocsin unsubscribe: the end of a standing wish.

import ArgumentParser
import Foundation
import Incidents
import JSON
import Ledger
import Router
import Routing
import Settings

struct Unsubscribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ends a subscription of a person or an address, or all of them.",
        discussion: """
            Drops a `subscription` into the queue for each one that ends, and prints its id. The id may be left out where they \
            have only one. What waits for a digest only because of it is not told any more. Routes of routes.yaml go on as they \
            are.

              tocsin unsubscribe ana w-1f0c9a2b
              tocsin unsubscribe ana --all
              tocsin unsubscribe visitor@example.com
            """)

    @Argument(help: "Who: as in `people` of routes.yaml, a mail address, or a number.")
    var name: String

    @Argument(help: "The subscription's id.")
    var id: String?

    @Flag(help: "All that they have.")
    var all = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        if all, id != nil { throw usage("an id and --all are too much; name one of them") }
        let configuration = try option.load()
        guard let ledger = try option.ledgerIfAny(configuration) else {
            throw failure("\(name) has no subscription: there is no ledger yet, the router has not run", Exit.no)
        }
        let now = Date()
        // Somebody who has left routes.yaml can still leave their subscriptions.
        let who = try WhoArgument(name, configuration, mustBeListed: false).who
        let known = try await option.closing(ledger) { try await $0.subscriptions(of: who) }.filter { $0.state(at: now) != .ended }
        if known.isEmpty {
            if who.isPerson { _ = try configuration.listedPerson(name) }
            throw failure("\(name) has no subscription", Exit.no)
        }
        for wish in try chosen(from: known) {
            var event = EventDraft(type: EventType.subscription.rawValue)
            try event.set("subscription", ["id": .string(wish.id), "action": "unsubscribe", "who": wish.who.json])
            try event.drop(into: configuration)
            Terminal.say(wish.id)
        }
    }

    private func chosen(from known: [Subscription]) throws -> [Subscription] {
        if all || (id == nil && known.count == 1) { return known }
        let list = known.prefix(20).map { "  \($0.id)  \(MatchText.words($0.match))" }.joined(separator: "\n")
        guard let id else { throw usage("\(name) has \(known.count) subscriptions; name one, or --all:\n\(list)") }
        guard let wish = known.first(where: { $0.id == id }) else {
            throw failure("\(name) has no subscription `\(id)`, but:\n\(list)", Exit.no)
        }
        return [wish]
    }
}
