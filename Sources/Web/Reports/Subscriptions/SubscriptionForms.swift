// Changing, leaving and snoozing for somebody, and lifting what is held against an address: each is an event, as the commands make it.

import Foundation
import Hummingbird
import Incidents
import JSON
import Ledger
import Router
import Routing
import Settings

enum SubscriptionForms {
    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        house.pages.form("/subscriptions/leave", to: router, house) { try await leave($0) }
        house.pages.form("/subscriptions/change", to: router, house) { try await change($0) }
        house.pages.form("/subscriptions/snooze", to: router, house) { try await snooze($0) }
        house.pages.form("/subscriptions/wake", to: router, house) { try await wake($0) }
        house.pages.form("/suppressions/lift", to: router, house) { try await lift($0) }
        house.pages.form("/suppressions/add", to: router, house) { try await suppress($0) }
    }

    private static func wish(_ form: FormRequest) async throws -> Subscription {
        guard let id = form.field("id"), let wish = try await form.house.ledger.subscription(id) else {
            throw PageFault(.notFound, form.words("subscriptions.unknown"))
        }
        return wish
    }

    private static func place(_ who: Subscription.Who) -> String { "/subscriptions?who=\(Page.encoded(who.text))" }

    private static func leave(_ form: FormRequest) async throws -> FormOutcome {
        let wish = try await wish(form)
        return try await form.drop(
            .subscription,
            [
                "subscription": ["id": .string(wish.id), "action": "unsubscribe", "who": wish.who.json, "by": .string(form.by)]
            ], to: place(wish.who), said: "subscription-left")
    }

    /// The same subscription with other words; what the form does not show stays.
    private static func change(_ form: FormRequest) async throws -> FormOutcome {
        let wish = try await wish(form)
        let cadence = (form.field("deliver") ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        guard Cadence(cadence) != nil else { throw PageFault(.unprocessableContent, form.words("subscriptions.bad-cadence")) }
        let match: [String: JSONValue]
        let written = form.field("match") ?? ""
        if written == (wish.match.isEmpty ? "" : MatchText.words(wish.match)) {
            match = wish.match
        } else {
            do {
                match = try MatchWords(
                    written.split(whereSeparator: \.isWhitespace).map(String.init), scale: form.house.setup.value.configuration.scale
                ).json
            } catch {
                throw PageFault(.unprocessableContent, error.message)
            }
        }
        var members: [String: JSONValue] = [
            "id": .string(wish.id), "action": "subscribe", "who": wish.who.json, "match": .object(match), "deliver": .string(cadence),
            "by": .string(form.by),
        ]
        members["via"] = form.field("via").map(JSONValue.string)
        members["from"] = wish.from.map { .string(Timestamp.format($0)) }
        members["until"] =
            wish.follows == nil ? wish.until.map { .string(Timestamp.format($0)) } : .string(EventParser.untilResolved)
        members["limit"] = wish.limit.map { .string("\($0.count) per \(DurationText.text($0.window))") }
        return try await form.drop(.subscription, ["subscription": .object(members)], to: place(wish.who), said: "subscription-changed")
    }

    private static func who(_ form: FormRequest) throws -> Subscription.Who {
        SubscriptionsPage.who(try form.needed("who", "subscriptions.unknown"), form.house.setup.value.configuration.table)
    }

    private static func snooze(_ form: FormRequest) async throws -> FormOutcome {
        let who = try who(form)
        let table = form.house.setup.value.configuration.table
        var zone = table.rules.timeZone
        if case .person(let id) = who, let own = table.directory.people[id]?.timezone.flatMap(TimeZone.init(identifier:)) { zone = own }
        guard let until = form.field("until").flatMap({ WhenText.parse($0, now: form.now, in: zone) }), until > form.now else {
            throw PageFault(.unprocessableContent, form.words("fault.bad-time"))
        }
        return try await form.drop(
            .subscription,
            [
                "subscription": [
                    "action": "snooze", "who": who.json, "until": .string(Timestamp.format(until)), "by": .string(form.by),
                ]
            ], to: place(who), said: "snoozed")
    }

    private static func wake(_ form: FormRequest) async throws -> FormOutcome {
        let who = try who(form)
        return try await form.drop(
            .subscription, ["subscription": ["action": "wake", "who": who.json, "by": .string(form.by)]], to: place(who),
            said: "woken")
    }

    private static func lift(_ form: FormRequest) async throws -> FormOutcome {
        try await change(address: form, action: "start", said: "lifted")
    }

    private static func suppress(_ form: FormRequest) async throws -> FormOutcome {
        try await change(address: form, action: "stop", said: "suppressed")
    }

    private static func change(address form: FormRequest, action: String, said: String) async throws -> FormOutcome {
        let text = try form.needed("address", "suppressions.bad-address")
        guard let who = Subscription.Who(address: text) ?? Subscription.Who(address: EventParser.plainNumber(text)) else {
            throw PageFault(.unprocessableContent, form.words("suppressions.bad-address"))
        }
        let reason = try form.needed("reason", "suppressions.reason.needed")
        return try await form.drop(
            .subscription,
            [
                "subscription": [
                    "action": .string(action), "who": who.json, "reason": .string(String(reason.prefix(500))),
                    "by": .string(form.by),
                ]
            ], to: "/subscriptions", said: said)
    }
}
