// What the page asks of the ledger: found by indices, a page at a time, in bounded time.

import Foundation
import GRDB
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct PageQueryTests {
    private func plan(_ store: LedgerStore, _ sql: String, _ arguments: StatementArguments) async throws -> [String] {
        try await store.writing { database in
            try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: arguments).compactMap { $0.text(3) }
        }
    }

    @Test func everyQueryOfThePageIsServedByAnIndex() async throws {
        let store = try LedgerFixture().open()
        var searches: [DeliverySearch] = []
        for state in [nil] + DeliveryState.allCases.map(Optional.some) {
            for incident in [nil, "INC1"] {
                var search = DeliverySearch()
                (search.state, search.incident, search.text, search.channel) = (state, incident, "x", "mail")
                (search.type, search.since, search.recipient) = (.update, start, "ana")
                searches.append(search)
            }
        }
        for search in searches {
            let (sql, arguments) = search.query
            let plan = try await plan(store, sql, arguments + [0, 100, 10])
            #expect(!plan.contains { $0.contains("SCAN") }, "\(plan)")
            if search.incident == nil { #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)") }
        }
        let queries: [(sql: String, arguments: StatementArguments)] = [
            (LedgerStore.openPage, [1, 1, 1]), (LedgerStore.anyPage, [1, 1, 1]), (LedgerStore.storyEvents, ["i", 1, 1]),
            (LedgerStore.storyDeliveries, [1, 1]),
        ]
        for (sql, arguments) in queries {
            let plan = try await plan(store, sql, arguments)
            #expect(!plan.contains { $0.contains("SCAN") || $0.contains("TEMP B-TREE") }, "\(plan)")
        }
        // Of what is open, and of one event, all is looked at.
        #expect(try await plan(store, LedgerStore.urgent, [1]).first?.contains("incidents_open") == true)
        let states = try await plan(store, LedgerStore.storyStates, [1, 1])
        #expect(states.contains { $0.contains("SEARCH deliveries USING") && $0.contains("deliveries_event") }, "\(states)")
        await store.close()
    }

    @Test func deliveriesAreFoundPageByPage() async throws {
        let store = try LedgerFixture().open()
        for number in 0..<30 {
            let name = number.isMultiple(of: 3) ? "ana" : "ben"
            var planned = delivery("mail", "\(name)@example.com")
            planned.recipient = name
            _ = try await store.accept([
                arrival(try event("e\(number)", incident: "INC\(number % 2)", message: "Grüße 100% \(number)"), [planned])
            ])
        }
        var search = DeliverySearch()
        search.limit = 4
        search.recipient = "ANA"
        var found: [Int64] = []
        repeat {
            let page = try await store.search(search)
            #expect(page.rows.allSatisfy { $0.recipient == "ana" } && page.rows.count <= 4)
            found += page.rows.map(\.id)
            search.before = page.next
        } while search.before != nil
        #expect(found == found.sorted(by: >) && found.count == 10)

        var text = DeliverySearch()
        text.text = "100% 7"
        #expect(try await store.search(text).rows.map(\.event) == ["e7"])
        text.text = "1_0"
        #expect(try await store.search(text).rows.isEmpty, "no character means another")
        var incident = DeliverySearch()
        (incident.incident, incident.limit) = ("INC1", 100)
        #expect(try await store.search(incident).rows.count == 15)
        incident.state = .dead
        #expect(try await store.search(incident).rows.isEmpty)
        await store.close()
    }

    @Test func aWalkThatTakesTooLongGoesOnLater() async throws {
        let store = try LedgerFixture().open()
        var arrivals: [Arrival] = []
        for number in 0..<5_000 { arrivals.append(arrival(try event("e\(number)", incident: "I\(number)"), [delivery("c", "a\(number)")])) }
        _ = try await store.accept(arrivals)
        var search = DeliverySearch()
        (search.text, search.patience) = ("a7 ", 0)
        search.text = "nobody at all"
        var pages = 0
        repeat {
            let page = try await store.search(search)
            #expect(page.rows.isEmpty)
            #expect(page.isCutShort == (page.next != nil))
            search.before = page.next
            pages += 1
        } while search.before != nil
        #expect(pages > 1 && pages < 10)
        await store.close()
    }

    /// One with a broadcast to many is walked like the whole ledger, and nothing of it is missed.
    @Test func anIncidentWithVeryManyDeliveries() async throws {
        let store = try LedgerFixture().open()
        let many = (0..<2_100).map { delivery("c", "a\($0)") }
        _ = try await store.accept([
            arrival(try event("e0", incident: "other"), [delivery("c", "x")]), arrival(try event("e1", incident: "big"), many),
            arrival(try event("e2", incident: "other"), [delivery("c", "y")]),
        ])
        var search = DeliverySearch()
        (search.incident, search.limit, search.patience) = ("big", 500, 60)
        var found: [Int64] = []
        repeat {
            let page = try await store.search(search)
            found += page.rows.map(\.id)
            search.before = page.next
        } while search.before != nil
        #expect(found.count == 2_100 && found == found.sorted(by: >))
        (search.incident, search.before) = ("nobody", nil)
        #expect(try await store.search(search).rows.isEmpty)
        await store.close()
    }

    @Test func incidentsAndTheirStories() async throws {
        let store = try LedgerFixture().open()
        for number in 0..<25 {
            let status = number < 20 ? "open" : "resolved"
            let time = start.addingTimeInterval(Double(number))
            _ = try await store.accept([arrival(try event("e\(number)", incident: "INC\(number)", status: status, time: time), at: time)])
        }
        for number in 0..<70 {
            let time = start.addingTimeInterval(Double(100 + number))
            let news = try event("u\(number)", incident: "INC3", type: .update, message: "news \(number)", time: time)
            _ = try await store.accept([arrival(news, at: time)])
        }
        var search = IncidentSearch()
        search.limit = 8
        var ids: [String] = []
        repeat {
            let page = try await store.search(search)
            ids += page.incidents.map(\.id)
            search.after = page.next.flatMap { IncidentSearch.Cursor($0.description) }
        } while search.after != nil
        #expect(ids.count == 20 && Set(ids).count == 20)
        var all = IncidentSearch()
        (all.openOnly, all.text, all.limit) = (false, "inc2", 100)
        #expect(Set(try await store.search(all).incidents.map(\.id)) == ["INC2", "INC20", "INC21", "INC22", "INC23", "INC24"])
        #expect(try await store.urgentIncidents(limit: 5).count == 5)

        var before: Int64?
        var told: [String] = []
        repeat {
            let page = try await store.story(of: "INC3", before: before, limit: 30)
            told += page.events.map(\.stored.event.id)
            #expect(page.events.allSatisfy { $0.total == 1 && $0.deliveries.count == 1 })
            before = page.next
        } while before != nil
        #expect(told == (0..<70).reversed().map { "u\($0)" } + ["e3"])
        await store.close()
    }

    @Test func whatIsWrittenShowsAsAChange() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let before = try await store.changes()
        #expect(try await store.changes() == before)
        _ = try await store.accept([arrival(try event("e1"))])
        let after = try await store.changes()
        #expect(after != before)
        let other = try fixture.open()
        _ = try await other.accept([arrival(try event("e2"))])
        await other.close()
        #expect(try await store.changes() != after)
        await store.close()
    }
}
