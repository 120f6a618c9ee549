// How often, as words.

import Foundation
import Routing

/// A cadence as words.
public enum CadenceText {
    private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// As in `deliver` of a subscription: `immediate`, `hourly`, `daily 08:00`, `weekly mon 08:00`.
    public static func words(_ cadence: Cadence) -> String {
        switch cadence {
        case .immediate: "immediate"
        case .hourly: "hourly"
        case .daily(let minutes): "daily \(time(minutes))"
        case .weekly(let day, let minutes): "weekly \(days.indices.contains(day - 1) ? days[day - 1] : String(day)) \(time(minutes))"
        }
    }

    private static func time(_ minutes: Int) -> String { String(format: "%02d:%02d", minutes / 60, minutes % 60) }
}
