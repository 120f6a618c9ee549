// Where a message goes that one way could not deliver.

import Foundation
import Incidents
import Testing

@testable import Routing

@Suite struct NextWayTests {
    private static let channels: Set<String> = ["ops-slack", "bot", "mail", "sms", "gone"]

    /// Fallbacks by channel name, and what comes after `way` as `channel address recipient`.
    private func next(
        _ recipient: String, _ way: Way, tried: [Way] = [], _ fallbacks: [String: String], teams: [String: [String]] = [:],
        _ incident: Incident? = incident()
    ) throws -> String? {
        var table = try table([], teams: teams)
        table.directory.people["both"] = Person(
            id: "both", addresses: [.email: "both@example.com", .sms: "+447700900777", .slack: "U0123456"], via: ["sms", "bot", "mail"])
        table.fallbacks = try fallbacks.mapValues { try RecipientEntry.parse($0, channels: Self.channels) }
        let severity = incident.map { table.scale.severity($0.text("severity") ?? "") ?? table.assumedSeverity }
        let next = table.nextWay(recipient: recipient, way: way, tried: tried, incident: incident, severity: severity)
        return next.map { "\($0.channel.name) \($0.address) \($0.recipient)" }
    }

    private let bySMS = Way(channel: "sms", address: "+447700900777")
    private let byBot = Way(channel: "bot", address: "U0123456")
    private let byMail = Way(channel: "mail", address: "both@example.com")
    private let room = Way(channel: "ops-slack", address: "https://hooks.slack.com/…")

    @Test func aPersonsViaInItsOrder() throws {
        let fallbacks = ["sms": "ops-slack", "bot": "ops-slack", "mail": "ops-slack"]
        #expect(try next("both", bySMS, fallbacks) == "bot U0123456 both")
        #expect(try next("both", byBot, tried: [bySMS], fallbacks) == "mail both@example.com both")
        #expect(try next("both", byMail, tried: [bySMS, byBot], fallbacks) == "ops-slack https://hooks.slack.com/… ops-slack")
    }

    @Test func aRouteThatChoseAWayInTheMiddleGoesOnFromThere() throws {
        #expect(try next("both", byBot, [:]) == "mail both@example.com both")
        #expect(try next("both", byMail, [:]) == nil)
        #expect(try next("both", byMail, ["mail": "ops-slack"]) == "ops-slack https://hooks.slack.com/… ops-slack")
    }

    @Test func aWayThatIsNotInViaGoesOnFromTheBeginning() throws {
        #expect(try next("both", Way(channel: "gone", address: "x"), [:]) == "sms +447700900777 both")
        // `ops-slack` stands in their `via`, but is a webhook; without an SMS address the mail is next.
        #expect(try next("service-owner", Way(channel: "bot", address: "U1"), [:]) == "mail owner@example.com service-owner")
    }

    @Test func aWayWithoutAnAddressIsPassedOver() throws {
        #expect(try next("duty-engineer", Way(channel: "sms", address: "+447700900123"), [:]) == "mail duty@example.com duty-engineer")
        #expect(try next("lost", Way(channel: "mail", address: "old@example.com"), [:]) == nil)
    }

    @Test(
        arguments: [
            ("ops-slack", "ops-slack https://hooks.slack.com/… ops-slack"), ("bot", "bot C0123456 bot"),
            ("mail:ops@example.com", "mail ops@example.com ops@example.com"), ("service-owner", "mail owner@example.com service-owner"),
            ("both via mail", "mail both@example.com both"), ("payments", "sms +447700900123 duty-engineer"),
            ("payments via mail", "mail duty@example.com duty-engineer"), ("assignee", "sms +447700900123 duty-engineer"),
            ("team", "sms +447700900123 duty-engineer"), ("communication_lead", "mail owner@example.com service-owner"),
            ("subscribers", nil), ("nobody", nil), ("lost", nil),
        ] as [(String, String?)])
    func everyKindOfFallback(entry: String, expected: String?) throws {
        let way = Way(channel: "sms", address: "+15550001")
        #expect(try next(way.address, way, ["sms": entry]) == expected)
        #expect(try next(way.address, way, ["mail": entry]) == nil, "another channel's fallback")
    }

    @Test func aRoleNeedsAnIncident() throws {
        let way = Way(channel: "sms", address: "+15550001")
        #expect(try next(way.address, way, ["sms": "assignee"], nil) == nil)
        #expect(try next(way.address, way, ["sms": "mail:a@example.com"], nil) == "mail a@example.com a@example.com")
    }

    /// One after another, and whoever has a second way is tried by it as well.
    @Test func aTeamIsTriedToItsEnd() throws {
        let teams = ["duty": ["service-owner", "both", "ops-slack"]]
        let start = Way(channel: "bot", address: "C0123456")
        let owner = Way(channel: "mail", address: "owner@example.com")
        let fallbacks = ["bot": "duty"]
        #expect(try next("bot", start, fallbacks, teams: teams) == "mail owner@example.com service-owner")
        #expect(try next("service-owner", owner, tried: [start], fallbacks, teams: teams) == "sms +447700900777 both")
        #expect(try next("both", bySMS, tried: [start, owner], fallbacks, teams: teams) == "bot U0123456 both")
        #expect(try next("both", byBot, tried: [start, owner, bySMS], fallbacks, teams: teams) == "mail both@example.com both")
        let all = [start, owner, bySMS, byBot]
        #expect(try next("both", byMail, tried: all, fallbacks, teams: teams) == "ops-slack https://hooks.slack.com/… ops-slack")
        #expect(try next("ops-slack", room, tried: all + [byMail], fallbacks, teams: teams) == nil)
    }

    @Test func nothingIsTriedTwice() throws {
        #expect(try next("ops-slack", room, ["ops-slack": "ops-slack"]) == nil)
        let shout = Way(channel: "mail", address: "Ops@Example.com")
        #expect(try next("Ops@Example.com", shout, ["mail": "mail:ops@example.com"]) == nil, "mail addresses are the same in any case")
        #expect(try next(shout.address, shout, tried: [room], ["mail": "ops-slack"]) == nil)
        let other = Way(channel: "bot", address: "C0123456")
        #expect(try next("bot", other, tried: [room], ["bot": "ops-slack", "ops-slack": "bot"]) == nil)
    }

    @Test func aFallbackOfWhatWasTriedBeforeComesAfterTheWaysOfOnesOwn() throws {
        #expect(try next("both", byMail, tried: [bySMS, byBot], ["sms": "ops-slack"]) == "ops-slack https://hooks.slack.com/… ops-slack")
    }

    @Test func aPersonWhoIsTheFallbackHasSeveralWays() throws {
        #expect(try next("both", bySMS, tried: [], ["sms": "both"]) == "bot U0123456 both")
        let way = Way(channel: "ops-slack", address: "https://hooks.slack.com/…")
        #expect(try next("ops-slack", way, tried: [bySMS], ["ops-slack": "both"]) == "bot U0123456 both")
        #expect(try next("ops-slack", way, tried: [bySMS], ["ops-slack": "both via sms"]) == nil)
    }

    /// Whatever refers to whatever: every chain ends, and no way comes twice.
    @Test func everyChainEnds() throws {
        var chance = Chance(seed: 7)
        let entries = ["ops-slack", "bot", "mail:a@example.com", "sms:+15550001", "both", "payments", "ring", "assignee", "both via bot"]
        for _ in 0..<300 {
            var table = try table([], teams: ["ring": ["payments", "both", "ring", "mail:b@example.com"]])
            for channel in ["ops-slack", "bot", "mail", "sms"] where chance.next(4) > 0 {
                table.fallbacks[channel] = try entry(entries[chance.next(entries.count)])
            }
            var way = Way(channel: "sms", address: "+447700900123")
            var recipient = "duty-engineer"
            var tried: [Way] = []
            while let next = table.nextWay(recipient: recipient, way: way, tried: tried, incident: incident(), severity: nil) {
                tried.append(way)
                way = Way(channel: next.channel.name, address: next.address)
                recipient = next.recipient
                try #require(!tried.contains(way))
                try #require(tried.count < 50)
            }
        }
    }
}
