// Amounts for people: bytes, and lengths of time.

import Foundation

public enum Amount {
    /// `512 bytes`, `3 KiB`, `64 MiB`, `1.5 GiB`.
    public static func bytes(_ count: Int) -> String {
        var value = Double(count)
        for unit in ["bytes", "KiB", "MiB"] {
            if value < 1_024 { return "\(Int(value)) \(unit)" }
            value /= 1_024
        }
        return String(format: "%.1f GiB", value)
    }

    /// `3 s`, `12 min`, `4 h 5 min`, `3 d 2 h`.
    public static func time(_ seconds: TimeInterval) -> String {
        let total = Int(max(0, min(seconds, 1e12).rounded()))
        switch total {
        case ..<60: return "\(total) s"
        case ..<3_600: return "\(total / 60) min"
        case ..<86_400: return total % 3_600 < 60 ? "\(total / 3_600) h" : "\(total / 3_600) h \(total % 3_600 / 60) min"
        default: return total % 86_400 < 3_600 ? "\(total / 86_400) d" : "\(total / 86_400) d \(total % 86_400 / 3_600) h"
        }
    }
}
