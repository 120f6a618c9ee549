// The book of subscriptions says the same as a plain list, however it was changed, and what was copied stays as it was.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct SubscriptionBookTests {
    private static let matches: [[String: JSONValue]] = [
        [:], ["service": "payments-api"], ["service": "search"], ["service": "pay*"], ["severity": ">=high"], ["severity": "sev9"],
        ["type": "update", "service": "payments-api"], ["labels.region": "eu-west-1"], ["service": "~("], ["id": "INC0012345"],
        ["service": ["SEARCH", "mail"]], ["service": "!search", "team": "*"], ["service": " search "], ["service": ["search", "pay*"]],
        ["service": "search", "severity": "<=medium"], ["service": "Payments-API", "type": ["update", "escalation"]],
    ]

    private static func subscription(_ chance: inout Chance) -> Subscription {
        let who: [Subscription.Who] = [.person("a"), .person("b"), .email("X@example.com"), .email("x@example.com"), .sms("+4471234")]
        return Subscription(
            id: "s\(chance.next(150))", who: chance.pick(who), match: chance.pick(matches),
            follows: chance.next(5) == 0 ? "INC\(chance.next(3))" : nil)
    }

    /// What a list says of who matches.
    private static func holding(_ list: [Subscription], _ facts: MatchFacts, onIncident: Bool) -> [Subscription] {
        list.filter { subscription in
            guard let match = try? Match.match(from: subscription.match, scale: .standard) else { return false }
            return (onIncident ? match.onIncident : match).holds(facts)
        }
    }

    private static func agree(_ book: SubscriptionBook, _ list: [Subscription]) {
        #expect(book.count == list.count && book.isEmpty == list.isEmpty)
        #expect(book.elements == list)
        for kind in [EventType.escalation, .update] {
            for service in ["payments-api", "search"] {
                let facts = facts(event(kind), incident(["service": .string(service)]))
                #expect(book.matching(facts, scale: .standard) == holding(list, facts, onIncident: false))
                #expect(book.fitting(facts, scale: .standard) == holding(list, facts, onIncident: true))
            }
        }
        #expect(book.of(.email("x@EXAMPLE.com")) == list.filter { $0.who.compared == .email("x@example.com") })
        #expect(book.following("INC1") == list.filter { $0.follows == "INC1" })
        #expect(book.problems(scale: .standard).map(\.subscription) == list.filter { ["sev9", "~("].contains($0.match.values.first) })
        for id in 0..<150 { #expect(book["s\(id)"] == list.first { $0.id == "s\(id)" }) }
    }

    /// Words as they are written, without any of the rest being understood.
    @Test func whatIsWrittenPlainlyIsFoundByItsWords() {
        func words(_ match: [String: JSONValue]) -> Set<Set<IndexKey>> { Set(IndexKey.plain(of: match)) }
        #expect(words(["service": "Shop", "severity": "nonsense", "type": "update"]) == [[.word(.service, "shop")]])
        #expect(
            words(["labels.Region": ["EU", "us 1"], "id": 7]) == [
                [.word(.label("Region"), "eu"), .word(.label("Region"), "us 1")], [.word(.id, "7")],
            ])
        for value in ["!shop", "~shop", ">=shop", "<shop", "sh*p", "sh?p", " shop", "shop ", "", "sh\u{F6}p", "sh\top"] as [JSONValue] {
            #expect(words(["service": value]).isEmpty && words(["service": ["shop", value]]).isEmpty, "\(value)")
        }
        #expect(words(["service": [], "team": ["a": "b"], "labels.": "x", "source": "x"]).isEmpty)
    }

    /// 3,000 changes of 150 subscriptions: through many segments, with ends and new beginnings.
    @Test(arguments: [1, 2, 3] as [UInt64]) func itSaysWhatAListSays(seed: UInt64) {
        var chance = Chance(seed: seed)
        var list: [Subscription] = []
        if seed == 3 { list = (0..<100).map { Subscription(id: "s\($0)", who: .person("a"), match: Self.matches[$0 % 10]) } }
        var book = SubscriptionBook(list)
        var kept: (book: SubscriptionBook, list: [Subscription])?
        for step in 0..<3_000 {
            let subscription = Self.subscription(&chance)
            let place = list.firstIndex { $0.id == subscription.id }
            if chance.next(3) == 0 {
                book.remove(subscription.id)
                if let place { list.remove(at: place) }
            } else {
                book.set(subscription)
                if let place { list[place] = subscription } else { list.append(subscription) }
            }
            if step == 1_000 { kept = (book, list) }
            if step.isMultiple(of: 211) { Self.agree(book, list) }
        }
        Self.agree(book, list)
        if let kept { Self.agree(kept.book, kept.list) }
    }

    @Test func nothingIsNothing() {
        var book = SubscriptionBook()
        #expect(book.isEmpty && book.elements.isEmpty && book["s"] == nil)
        book.remove("s")
        #expect(book.isEmpty && book.matching(facts(), scale: .standard).isEmpty)
    }

    /// Those who want the same share what was understood of it.
    @Test func equalMatchesAreOne() {
        let book = SubscriptionSegment((0..<1_000).map { Subscription(id: "\($0)", who: .person("p"), match: ["service": "a"]) })
        #expect(Set(book.entries.map { ObjectIdentifier($0.wish) }).count == 1)
        let later = SubscriptionSegment(
            book, SubscriptionSegment([Subscription(id: "x", who: .person("p"), match: ["service": "a"])]), keepsGone: false)
        #expect(later.holding(facts(event(.update), incident(["service": "a"])), .standard, onIncident: true).count == 1_001)
    }

    /// Another scale understands other words.
    @Test func anotherScaleCompilesAnew() throws {
        let known = InMemorySurroundings()
        known.standingSubscriptions = [Subscription(id: "s", who: .person("service-owner"), match: ["severity": "grave"])]
        var table = try table([])
        #expect(try table.planned(with: known).deliveries.isEmpty)
        let grave = SeverityScale(steps: [.init(name: "grave", aliases: ["medium"])])
        table.scale = grave
        #expect(try table.planned(with: known).deliveries.count == 1)
        let book = known.subscriptions
        #expect(book.problems(scale: .standard).count == 1 && book.problems(scale: grave).isEmpty)
    }

    /// 100,000 wishes, one for each service: two are found, and only what is asked for is looked at.
    @Test func manyAreNotWalked() {
        var book = SubscriptionBook(
            (0..<100_000).map { Subscription(id: "\($0)", who: .person("p\($0)"), match: ["service": .string("s\($0)")]) })
        book.set(Subscription(id: "all", who: .person("p")))
        let facts = facts(event(.update), incident(["service": "S4711"]))
        #expect(book.matching(facts, scale: .standard).map(\.id) == ["4711", "all"])
        #expect(book.fitting(facts, scale: .standard).map(\.id) == ["4711", "all"])
        #expect(book.of(.person("p4711")).map(\.id) == ["4711"])
        #expect(book.problems(scale: .standard).isEmpty)
    }
}
