// The text that Prometheus reads, and the factory behind it.

import Metrics
import Testing

@testable import Exposition

@Suite struct ExpositionTests {
    @Test func aCounterReadsAsItMust() {
        let store = MetricStore([.init("tocsin_events_total", "Events,\nby \\ type.")])
        let counter = Counter(label: "tocsin_events_total", dimensions: [("type", "update")], factory: store)
        counter.increment()
        counter.increment(by: 2)
        #expect(
            Exposition.text(store.families()) == """
                # HELP tocsin_events_total Events,\\nby \\\\ type.
                # TYPE tocsin_events_total counter
                tocsin_events_total{type="update"} 3

                """)
    }

    @Test func theSameNameAndLabelsAreOneSeries() {
        let store = MetricStore()
        for _ in 0..<3 { Counter(label: "a", dimensions: [("x", "1")], factory: store).increment() }
        Counter(label: "a", dimensions: [("x", "2")], factory: store).increment()
        let text = Exposition.text(store.families())
        #expect(text.contains("a{x=\"1\"} 3\na{x=\"2\"} 1\n"))
    }

    @Test func aHistogramCountsWhatIsBelowEachBound() {
        let store = MetricStore([.init("t_seconds", "Time.", buckets: [0.1, 1])])
        let timer = Timer(label: "t_seconds", dimensions: [("channel", "ops")], factory: store)
        timer.recordMilliseconds(50)
        timer.recordMilliseconds(100)
        timer.recordMilliseconds(500)
        timer.recordSeconds(8)
        #expect(
            Exposition.text(store.families()) == """
                # HELP t_seconds Time.
                # TYPE t_seconds histogram
                t_seconds_bucket{channel="ops",le="0.1"} 2
                t_seconds_bucket{channel="ops",le="1"} 3
                t_seconds_bucket{channel="ops",le="+Inf"} 4
                t_seconds_sum{channel="ops"} 8.65
                t_seconds_count{channel="ops"} 4

                """)
    }

    @Test func whatLabelsHoldCannotBreakALine() {
        var family = Exposition.Family("x", "")
        family.add(1, [Label("channel", "a\"b\\c\nd 1\nevil{} 2"), Label("a-b", "ü")])
        let lines = Exposition.text([family]).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.last == "x{channel=\"a\\\"b\\\\c\\nd 1\\nevil{} 2\",a_b=\"ü\"} 1")
    }

    @Test func namesAreMadeToFit() {
        #expect(Exposition.name("9a.b-c") == "_a_b_c")
        #expect(Exposition.name("tocsin_x9") == "tocsin_x9")
    }

    @Test(arguments: [(0.0, "0"), (1.5, "1.5"), (1e15, "1000000000000000"), (.infinity, "+Inf"), (-.infinity, "-Inf")])
    func numbers(value: Double, text: String) {
        #expect(Exposition.number(value) == text)
        #expect(Exposition.number(.nan) == "NaN")
    }

    @Test func noMoreSeriesThanThereMayBe() {
        let store = MetricStore()
        for number in 0..<(MetricStore.capacity + 50) {
            Counter(label: "a", dimensions: [("n", "\(number)")], factory: store).increment()
        }
        #expect(Exposition.text(store.families()).split(separator: "\n").count == MetricStore.capacity + 2)
    }

    @Test func aNameOfAnotherKindCountsNothing() {
        let store = MetricStore()
        Counter(label: "a", factory: store).increment()
        Timer(label: "a", factory: store).recordSeconds(1)
        #expect(Exposition.text(store.families()).hasSuffix("a 1\n"))
    }

    @Test func gauges() {
        let store = MetricStore()
        Gauge(label: "g", factory: store).record(3)
        let meter = Meter(label: "m", factory: store)
        meter.set(2.5)
        meter.increment(by: 1)
        let text = Exposition.text(store.families())
        #expect(text.contains("g 3\n"))
        #expect(text.contains("m 3.5\n"))
    }

    @Test func familiesWithoutSeriesAreLeftOut() { #expect(Exposition.text([Exposition.Family("x", "y")]).isEmpty) }
}
