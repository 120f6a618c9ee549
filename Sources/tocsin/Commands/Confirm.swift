// tocsin confirm: what somebody was sent, and feeds back.

import ArgumentParser
import Foundation
import Incidents
import JSON
import Ledger
import Router
import Routing
import Settings

struct Confirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Does what a code or a link in a message is for: confirms a subscription, or ends one.",
        discussion: """
            Takes the code of a message that asks for confirmation, or any link of Tocsin's, whole or its last part. Drops the \
            event that does it, and says what that is. Exit status 1 where it is for nothing, or has been done.

            An operator confirms for somebody who has said so otherwise with --id.

              tocsin confirm ABCD-EFGH
              tocsin confirm https://tocsin.example.com/u/AQx5…
              tocsin confirm --id w-1f0c9a2b
            """)

    @Argument(help: "The code, or the link.")
    var code: String?

    @Option(help: "Without a code: confirm this subscription for whoever has it.")
    var id: String?

    @Option(help: "Who confirms with --id. (default: who you are logged in as)")
    var by: String?

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let configuration = try option.load(lenient: true)
        guard (code == nil) != (id == nil) else { throw usage("a code or a link is needed, or --id with a subscription's id; one of them") }
        guard let ledger = try option.ledgerIfAny(configuration) else {
            throw failure("that is for nothing: there is no ledger yet, the router has not run", Exit.no)
        }
        if let id {
            let known = try await option.closing(ledger) { try await $0.subscription(id) }
            guard let known else { throw failure("there is no subscription `\(id)`; `tocsin subscriptions` lists them", Exit.no) }
            return try confirm(known, ["id": .string(known.id), "by": .string(by ?? NSUserName())], configuration)
        }
        let code = code ?? ""
        let links = try links(configuration)
        let deed = links.deed(Links.token(in: code))
        let (found, others) = try await option.closing(ledger) { ledger -> (Subscription?, [Subscription]) in
            let found: Subscription?
            switch deed {
            case .leave(let id), .confirm(let id): found = try await ledger.subscription(id)
            case .acknowledge, .manage, .receipt: found = nil
            case nil:
                guard let mark = links.mark(of: code) else { return (nil, []) }
                found = try await ledger.subscriptions(marked: mark).first { links.confirms($0, code) }
            }
            guard let found else { return (nil, []) }
            let now = Date()
            return (found, try await ledger.subscriptions(of: found.who).filter { $0.waits(with: found, at: now) })
        }
        guard let found else {
            let hint = deed == nil ? "it was mistyped, is not from here" : "its subscription is gone"
            throw failure("that is for nothing: \(hint), or has been done already", Exit.no)
        }
        if case .leave = deed { return try leave(found, configuration) }
        try confirm(found, and: others, ["id": .string(found.id), "code": .string(code)], configuration)
    }

    private func links(_ configuration: RouterConfiguration) throws -> Links {
        do {
            return try Links.load(state: configuration.router.state, publicURL: configuration.router.publicURL)
        } catch {
            throw failure(error.message, error.isMissing ? Exit.no : Exit.io)
        }
    }

    private func confirm(
        _ wish: Subscription, and others: [Subscription] = [], _ payload: [String: JSONValue], _ configuration: RouterConfiguration
    ) throws {
        let name = "the subscription \(wish.id) of \(wish.who.text) (\(MatchText.words(wish.match)))"
        if wish.isConfirmed { throw failure("\(name) is confirmed already: nothing was dropped", Exit.no) }
        if wish.state(at: Date()) == .ended {
            throw failure("\(name) was left, or was not confirmed in time; subscribe again", Exit.no)
        }
        var payload = payload
        payload["action"] = "confirm"
        try drop(payload, configuration)
        Terminal.say(Terminal.clean("Confirmed: \(name). They hear from now on."))
        if !others.isEmpty {
            let list = others.map { "\($0.id) (\(MatchText.words($0.match)))" }.joined(separator: ", ")
            Terminal.say(Terminal.clean("With it, what else this address has asked for: \(list)."))
        }
    }

    private func leave(_ wish: Subscription, _ configuration: RouterConfiguration) throws {
        try drop(["action": "unsubscribe", "id": .string(wish.id), "who": wish.who.json], configuration)
        Terminal.say(Terminal.clean("Left: the subscription \(wish.id) of \(wish.who.text) (\(MatchText.words(wish.match))) has ended."))
    }

    private func drop(_ payload: [String: JSONValue], _ configuration: RouterConfiguration) throws {
        var event = EventDraft(type: EventType.subscription.rawValue)
        try event.set("subscription", .object(payload))
        try event.drop(into: configuration)
    }
}
