// Figures for charts: counted once, by the hour and the day, and read without a look at the rows that they count.

import Foundation
import GRDB
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct FigureTests {
    @Test func attemptsAreCountedByHourChannelAndOutcome() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1"), [delivery("a", "C1"), delivery("a", "C2"), delivery("b", "C3")]))
        _ = try await store.record([accepted(ids[0]), deferred(ids[1], until: after(10)), refused(ids[2])])
        _ = try await store.record([accepted(ids[1], at: after(7_200))])
        let hours = try await store.figures(.hour, since: after(-3_600))
        #expect(
            hours.map { "\($0.name) \($0.part) \($0.count) \($0.total) \($0.most)" } == [
                "a deferred 1 5 5", "a delivered 1 12 12", "b dead 1 3 3", "a delivered 1 12 12",
            ])
        #expect(hours.allSatisfy { Int($0.start.timeIntervalSince1970) % 3_600 == 0 })
        // Several steps as one.
        let days = try await store.figures(.hour, since: after(-86_400), step: 86_400 * 7)
        #expect(days.first { $0.part == "delivered" }?.count == 2)
        #expect(try await store.figures(.slot, since: after(3_600)).map(\.count) == [1])
        // What failed last is known by channel.
        let troubles = try await store.troubles()
        #expect(troubles["b"]?.reason == "no_service" && troubles["b"]?.delivery == ids[2])
        #expect(troubles["a"]?.reason == "unavailable")
        await store.close()
    }

    @Test func whatIsTakenBackIsNotCounted() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        _ = try await store.accept([arrival(try event("e1"))])
        _ = try await store.record([accepted(ids[0])])
        // The same once more changes the count of attempts, and nothing else.
        _ = try await store.record([accepted(ids[0])])
        #expect(try await store.figures(.hour, since: after(-3_600)).map(\.count) == [1])
        await store.close()
    }

    @Test func measuresOfADecisionAreCountedByTheDay() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func measured(_ id: String, _ measures: [Measure]) throws -> Arrival {
            var arrival = arrival(try event(id))
            let decide = arrival.decide
            arrival.decide = { incident, surroundings in
                var decision = try decide(incident, surroundings)
                decision.measures = measures
                return decision
            }
            return arrival
        }
        let first = try measured("e1", [Measure(.opened, "high"), Measure(.promise(.acknowledge, isKept: true), "high")])
        let second = try measured("e2", [Measure(.acknowledged(300), "high"), Measure(.promise(.resolve, isKept: false), "high")])
        _ = try await store.accept([first, second, second])
        let figures = try await store.figures([.opened, .acknowledged, .kept, .missed], since: after(-86_400))
        #expect(figures[.opened]?.map(\.count) == [1])
        #expect(figures[.kept]?.map(\.part) == ["acknowledge"])
        #expect(figures[.missed]?.map(\.part) == ["resolve"])
        let bucket = try #require(figures[.acknowledged]?.first)
        #expect(bucket.count == 1 && bucket.total == 300)
        #expect(FigureBucket.range(Int(bucket.part) ?? -1).contains(300))
        await store.close()
    }

    @Test func bucketsFollowOneAnotherWithoutAGap() {
        #expect(FigureBucket.range(0) == 0...1)
        for index in 1..<FigureBucket.last {
            #expect(FigureBucket.range(index).upperBound == FigureBucket.range(index + 1).lowerBound)
        }
        for seconds in [0.0, 0.5, 1.5, 59, 60, 3_600, 86_400, 3e7, 1e9] {
            #expect(FigureBucket.range(FigureBucket.index(seconds)).contains(seconds), "\(seconds)")
        }
        #expect(FigureBucket.index(.infinity) == FigureBucket.last)
    }

    @Test func oldFiguresGo() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        _ = try await store.record([accepted(ids[0])])
        // Five minutes are kept for a day, hours as long as history.
        _ = try await store.prune(before: after(-86_400), now: after(3 * 86_400))
        #expect(try await store.figures(.slot, since: after(-86_400)).isEmpty)
        #expect(try await store.figures(.hour, since: after(-86_400)).count == 1)
        _ = try await store.prune(before: after(2 * 86_400), now: after(3 * 86_400))
        #expect(try await store.figures(.hour, since: after(-86_400)).isEmpty)
        await store.close()
    }

    @Test func whatAnOldLedgerHoldsIsCountedOnce() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let now = Date()
        var opened = timed(try event("e1", time: now), [delivery("a", "C1"), delivery("b", "C2")], at: now)
        opened.receivedAt = now
        let ids = try await store.take(opened)
        _ = try await store.record([accepted(ids[0], at: now), refused(ids[1], at: now)])
        _ = try await store.accept([timed(try event("e2", status: "resolved", time: now.addingTimeInterval(60)), at: now)])
        await store.close()
        try fixture.damage(
            """
            DROP TABLE figures; DROP TABLE troubles; DROP TABLE monitors; DROP INDEX deliveries_undelivered; DROP INDEX incidents_look_at;
            ALTER TABLE incidents DROP COLUMN look_at; PRAGMA user_version = 4
            """)
        let again = try fixture.open()
        let hours = try await again.figures(.hour, since: now.addingTimeInterval(-7_200))
        #expect(hours.map { "\($0.name) \($0.part) \($0.count) \($0.total)" } == ["a delivered 1 12", "b dead 1 3"])
        #expect(try await again.figures(.resolved, since: now.addingTimeInterval(-86_400)).map(\.count) == [1])
        #expect(try await again.figures(.opened, since: now.addingTimeInterval(-86_400)).map(\.count) == [1])
        await again.close()
    }

    @Test func noQueryLooksAtAllRows() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let queries = [
            (LedgerStore.chart, "figures USING PRIMARY KEY (kind=? AND start>?)"), (Figures.forget, "PRIMARY KEY (kind=? AND start<?)"),
            (Figures.isOld, "PRIMARY KEY (kind=? AND start<?)"), (LedgerStore.blocks, "PRIMARY KEY (kind=? AND address>? AND address<?)"),
        ]
        for (query, expected) in queries {
            let plan = try await store.writing { database in
                try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(query.replacing("?", with: "1"))").compactMap {
                    $0["detail"] as String?
                }
            }
            #expect(plan.contains { $0.contains(expected) }, "\(plan)")
            #expect(!plan.contains { $0.hasPrefix("SCAN") }, "\(plan)")
        }
        await store.close()
    }
}
