// A moment as the reasons of holds and silences name it.

import Foundation
import Incidents

enum Moment {
    /// `07:00`, or with the date where it is more than a day away; with the zone's name where that is asked for: `UTC`, or
    /// `(Asia/Kolkata)`.
    static func text(_ date: Date, now: Date, in zone: TimeZone, isNamed: Bool) -> String {
        // What the clock on the wall there shows, written as if it were UTC.
        let wall = Timestamp.format(date.addingTimeInterval(Double(zone.secondsFromGMT(for: date))))
        let clock = wall.dropFirst(11).prefix(5)
        let isNear = abs(date.timeIntervalSince(now)) <= 86_400
        return (isNear ? "\(clock)" : "\(wall.prefix(10)) \(clock)") + (isNamed ? " \(name(zone))" : "")
    }

    private static func name(_ zone: TimeZone) -> String {
        ["GMT", "UTC", "Etc/UTC", "Etc/GMT"].contains(zone.identifier) ? "UTC" : "(\(zone.identifier))"
    }
}
