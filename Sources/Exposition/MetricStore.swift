// Where what the program counts is kept: a factory for swift-metrics whose counters are atomics, and whose timers and
// recorders are histograms. Read by `Exposition`.
//
// Invariants: one series for each name and labels, however often it is asked for; never more than `capacity` of them, whatever
// labels are made of.

import CoreMetrics
import Synchronization

/// Keeps counters, gauges and histograms in memory.
public final class MetricStore: MetricsFactory, Sendable {
    /// Series, at most; what is asked for beyond them counts nothing.
    public static let capacity = 10_000

    /// What a metric is, for people and for bounds.
    public struct Meaning: Sendable {
        public var name: String
        public var help: String
        /// The upper bounds of a histogram's buckets, ascending; `standardBuckets` where empty.
        public var buckets: [Double]

        public init(_ name: String, _ help: String, buckets: [Double] = []) {
            self.name = name
            self.help = help
            self.buckets = buckets
        }
    }

    /// Seconds.
    public static let standardBuckets: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    struct Key: Hashable {
        var name: String
        var labels: [Label]
    }

    enum Series {
        case counter(CounterSeries)
        case gauge(GaugeSeries)
        case histogram(HistogramSeries)
    }

    private let meanings: [String: Meaning]
    private let series = Mutex<[Key: Series]>([:])

    public init(_ meanings: [Meaning] = []) {
        self.meanings = Dictionary(meanings.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func series(_ name: String, _ dimensions: [(String, String)], make: () -> Series) -> Series? {
        let key = Key(name: name, labels: dimensions.map { Label($0.0, $0.1) })
        return series.withLock { series in
            if let known = series[key] { return known }
            guard series.count < Self.capacity else { return nil }
            let made = make()
            series[key] = made
            return made
        }
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        if case .counter(let counter)? = series(label, dimensions, make: { .counter(CounterSeries()) }) { return counter }
        return NOOPMetricsHandler.instance
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        if case .gauge(let gauge)? = series(label, dimensions, make: { .gauge(GaugeSeries()) }) { return gauge }
        return NOOPMetricsHandler.instance
    }

    /// Without `aggregate` it is a gauge.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        switch series(label, dimensions, make: { aggregate ? .histogram(histogram(label)) : .gauge(GaugeSeries()) }) {
        case .gauge(let gauge)?: return gauge
        case .histogram(let histogram)?: return histogram
        case .counter?, nil: return NOOPMetricsHandler.instance
        }
    }

    /// In seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        if case .histogram(let histogram)? = series(label, dimensions, make: { .histogram(histogram(label)) }) { return histogram }
        return NOOPMetricsHandler.instance
    }

    // They stay: the router's are made once.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func histogram(_ name: String) -> HistogramSeries {
        let bounds = meanings[name]?.buckets ?? []
        return HistogramSeries(bounds: bounds.isEmpty ? Self.standardBuckets : bounds)
    }

    /// All series as they are now, in the order of their names.
    public func families() -> [Exposition.Family] {
        var families: [String: Exposition.Family] = [:]
        for (key, series) in series.withLock({ $0 }) {
            let (kind, values): (Exposition.Kind, Exposition.Values) =
                switch series {
                case .counter(let counter): (.counter, .number(Double(counter.value)))
                case .gauge(let gauge): (.gauge, .number(gauge.value))
                case .histogram(let histogram): (.histogram, .histogram(histogram.reading))
                }
            families[key.name, default: Exposition.Family(key.name, meanings[key.name]?.help ?? "", kind)].add(values, key.labels)
        }
        return families.values.sorted { $0.name < $1.name }
    }
}

/// Only goes up.
final class CounterSeries: CounterHandler, Sendable {
    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
}

/// What was set last.
final class GaugeSeries: MeterHandler, RecorderHandler, Sendable {
    private let number = Mutex(0.0)

    var value: Double { number.withLock(\.self) }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { number.withLock { $0 = value } }
    func increment(by amount: Double) { number.withLock { $0 += amount } }
    func decrement(by amount: Double) { number.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}

/// How many values lie below each bound.
final class HistogramSeries: TimerHandler, RecorderHandler, Sendable {
    let bounds: [Double]
    private let state: Mutex<(counts: [Int64], sum: Double)>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex((Array(repeating: 0, count: bounds.count + 1), 0))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[place] += 1
            state.sum += value
        }
    }

    var reading: Exposition.Histogram {
        let (counts, sum) = state.withLock { $0 }
        return Exposition.Histogram(bounds: bounds, counts: counts, sum: sum)
    }
}
