// The text format of Prometheus, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).

/// One label of a series.
public struct Label: Hashable, Sendable, Comparable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    public static func < (a: Label, b: Label) -> Bool { (a.name, a.value) < (b.name, b.value) }
}

/// Metrics as text.
public enum Exposition {
    /// The media type of the text.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    public enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    /// One more count than bounds: of what lies above them all. Each count is of its own bucket alone.
    public struct Histogram: Sendable, Equatable {
        public var bounds: [Double]
        public var counts: [Int64]
        public var sum: Double

        public init(bounds: [Double], counts: [Int64], sum: Double) {
            self.bounds = bounds
            self.counts = counts
            self.sum = sum
        }
    }

    public enum Values: Sendable {
        case number(Double)
        case histogram(Histogram)
    }

    /// All series of one name.
    public struct Family: Sendable {
        public let name: String
        let help: String
        let kind: Kind
        private(set) var samples: [(labels: [Label], values: Values)] = []

        public init(_ name: String, _ help: String, _ kind: Kind = .gauge) {
            self.name = name
            self.help = help
            self.kind = kind
        }

        public mutating func add(_ values: Values, _ labels: [Label] = []) { samples.append((labels, values)) }
        public mutating func add(_ number: Double, _ labels: [Label] = []) { add(.number(number), labels) }
        public mutating func add(_ number: Int, _ labels: [Label] = []) { add(.number(Double(number)), labels) }
    }

    /// The text of all families; those without series are left out.
    public static func text(_ families: [Family]) -> String {
        var text = ""
        for family in families where !family.samples.isEmpty {
            let name = Self.name(family.name)
            text += "# HELP \(name) \(escaped(family.help, quotes: false))\n# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, values) in family.samples.sorted(by: { $0.labels.lexicographicallyPrecedes($1.labels) }) {
                switch values {
                case .number(let number): text += line(name, labels, number)
                case .histogram(let histogram): text += lines(name, labels, histogram)
                }
            }
        }
        return text
    }

    private static func lines(_ name: String, _ labels: [Label], _ histogram: Histogram) -> String {
        var text = ""
        var total: Int64 = 0
        for (place, count) in histogram.counts.enumerated() {
            total += count
            let bound = histogram.bounds.indices.contains(place) ? number(histogram.bounds[place]) : "+Inf"
            text += line(name + "_bucket", labels + [Label("le", bound)], Double(total))
        }
        return text + line(name + "_sum", labels, histogram.sum) + line(name + "_count", labels, Double(total))
    }

    private static func line(_ name: String, _ labels: [Label], _ value: Double) -> String {
        let inside = labels.map { "\(Self.name($0.name))=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
        return "\(name)\(inside.isEmpty ? "" : "{\(inside)}") \(number(value))\n"
    }

    /// Whole numbers without a point.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    /// What is not allowed in a name becomes `_`.
    static func name(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isLetter = scalar.isASCII && (scalar.properties.isAlphabetic || scalar == "_")
            let isDigit = ("0"..."9").contains(scalar)
            out.append(isLetter || (isDigit && !out.isEmpty) ? scalar : "_")
        }
        return String(out)
    }

    /// Backslash, line feed and, in the values of labels, the quote.
    static func escaped(_ text: String, quotes: Bool) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": out.append(contentsOf: "\\n".unicodeScalars)
            case "\"" where quotes: out.append(contentsOf: "\\\"".unicodeScalars)
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}
