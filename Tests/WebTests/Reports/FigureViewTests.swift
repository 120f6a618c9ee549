// Figures put in order for charts.

import Foundation
import Incidents
import Ledger
import Testing

@testable import Web

@Suite struct FigureViewTests {
    private static let now = Date(timeIntervalSince1970: 1_795_000_000)

    @Test func quantilesComeFromBuckets() {
        var spread = TimeSpread()
        #expect(spread.quantile(0.5) == nil)
        for seconds in [60.0, 60, 60, 60, 60, 60, 60, 60, 60, 7_200] {
            let bucket = (0...140).first { FigureBucket.range($0).contains(seconds) } ?? 0
            spread.add(bucket: bucket, 1)
        }
        #expect((50...75).contains(spread.quantile(0.5) ?? 0))
        #expect((50...75).contains(spread.quantile(0.9) ?? 0))
        #expect((6_000...8_700).contains(spread.quantile(0.99) ?? 0))
    }

    @Test func stepsThatHaveNothingAreThere() {
        let starts = ChartPeriod.day.starts(now: Self.now)
        #expect(starts.count == 24)
        #expect(starts.last.map { $0 <= Self.now && Self.now.timeIntervalSince($0) < 3_600 } == true)
        let traffic = TrafficFigures(
            [
                Figure(start: starts[3], name: "a", part: "delivered", count: 4, total: 400, most: 300),
                Figure(start: starts[3], name: "b", part: "dead", count: 1), Figure(start: starts[5], name: "a", part: "expired", count: 2),
                Figure(start: .distantPast, name: "a", part: "delivered", count: 9),
            ], starts: starts, step: ChartPeriod.day.step)
        #expect(traffic.steps.count == 24)
        #expect(traffic.steps[3] == [.delivered: 4, .failed: 1])
        #expect(traffic.byChannel["a"]?[5] == [.failed: 2])
        #expect(traffic.latency["a"]?.mean == 100)
    }

    @Test func weeksBeginOnMonday() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let starts = IncidentFigures.starts(.month, now: Self.now)
        #expect(starts.count == 5)
        #expect(starts.allSatisfy { calendar.component(.weekday, from: $0) == 2 })
        #expect(starts.last.map { Self.now.timeIntervalSince($0) < 7 * 86_400 && $0 <= Self.now } == true)
    }

    @Test func promisesAreCountedByTargetAndSeverity() {
        let starts = IncidentFigures.starts(.week, now: Self.now)
        let day = starts[2]
        let figures = IncidentFigures(
            [
                .kept: [
                    Figure(start: day, name: "low", part: "resolve", count: 3),
                    Figure(start: day, name: "critical", part: "resolve", count: 1),
                ],
                .missed: [
                    Figure(start: day, name: "critical", part: "resolve", count: 3),
                    Figure(start: day, name: "x", part: "nonsense", count: 1),
                ],
                .opened: [Figure(start: day, name: "critical", part: "", count: 4)],
                .acknowledged: [Figure(start: day, name: "critical", part: "020", count: 4, total: 40)],
            ], scale: .standard, starts: starts)
        #expect(figures.severities == ["critical", "low", "x"])
        #expect(figures.promises.map(\.severity) == ["critical", "low"])
        #expect(figures.promises.first?.share == 0.25)
        #expect(figures.acknowledged["critical"]?[2].count == 4)
    }

    @Test func limitsAreRound() {
        #expect([0.0, 1, 3, 7, 11, 99, 100, 101, 4_500].map(Chart.niceLimit) == [1, 1, 4, 10, 20, 100, 100, 200, 5_000])
        #expect(Chart.number(1_200) == "1200" && Chart.number(12_000) == "12k" && Chart.number(0.5) == "0.5")
    }
}
