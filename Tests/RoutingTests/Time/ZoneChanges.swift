// When the clocks of every zone of the system's database were and will be changed, from 2005 to 2030.

import Foundation

@testable import Routing

/// A zone and a moment at which its clocks are changed.
struct ZoneChange: Sendable, CustomStringConvertible {
    var zone: String
    var at: Int

    var description: String { "\(zone) at \(Date(timeIntervalSince1970: Double(at)))" }
}

enum ZoneChanges {
    static let from = 1_104_537_600  // 2005-01-01
    static let until = 1_924_905_600  // 2030-12-31

    static let zones = TimeZone.knownTimeZoneIdentifiers.sorted()

    /// Those of each zone; a zone that never changes has one moment in the middle all the same.
    static let byZone: [String: [Int]] = Dictionary(uniqueKeysWithValues: zones.map { ($0, changes($0)) })

    /// Clocks are looked at every two weeks, which is less than the least time between two changes.
    private static func changes(_ name: String) -> [Int] {
        guard let zone = TimeZone(identifier: name) else { return [] }
        func offset(_ second: Int) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))) }
        var found: [Int] = []
        var last = offset(from)
        for second in stride(from: from + 1_209_600, to: until, by: 1_209_600) {
            let now = offset(second)
            if now == last { continue }
            var (same, changed) = (second - 1_209_600, second)
            while changed - same > 1 {
                let middle = (same + changed) / 2
                if offset(middle) == last { same = middle } else { changed = middle }
            }
            found.append(changed)
            last = now
        }
        return found.isEmpty ? [1_750_000_020] : found
    }

    static func draw(_ zone: String, _ chance: inout Chance) -> ZoneChange {
        ZoneChange(zone: zone, at: chance.pick(byZone[zone] ?? [from]))
    }
}
