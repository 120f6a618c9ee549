// What is printed: figures, and whether each reaches its mark.

import Foundation

/// One mark that is to be reached.
enum Mark {
    case atLeast(Double, String)
    case below(Double, String)
}

enum Figures {
    /// A line, seen at once also where it goes to a file.
    static func line(_ text: String) {
        print(text)
        fflush(nil)
    }

    /// A line of a scenario.
    static func say(_ text: String) { line("  " + text) }

    /// A figure that has a mark.
    static func say(_ text: String, _ value: Double, _ mark: Mark) {
        switch mark {
        case .atLeast(let least, let unit):
            say("\(text): \(plain(value))\(unit)   (mark \(plain(least))\(unit) or more: \(value >= least ? "reached" : "MISSED"))")
        case .below(let most, let unit):
            say("\(text): \(plain(value))\(unit)   (mark under \(plain(most))\(unit): \(value < most ? "reached" : "MISSED"))")
        }
    }

    static func plain(_ value: Double) -> String {
        let format = abs(value) >= 100 ? "%.0f" : abs(value) >= 10 ? "%.1f" : "%.2f"
        return String(format: format, value)
    }
}

/// Samples of a time, in milliseconds.
struct Samples {
    private var sorted: [Double]

    init(_ samples: [Double]) { sorted = samples.sorted() }

    subscript(percent: Double) -> Double {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * percent / 100))]
    }

    var worst: Double { sorted.last ?? 0 }
    var count: Int { sorted.count }
}
