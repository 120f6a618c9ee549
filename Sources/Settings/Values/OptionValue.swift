// The value of one scalar, read by its option's type.

import Foundation
import Incidents
import Routing

/// What a scalar means.
enum OptionValue: Sendable {
    /// Texts, and everything that is checked but kept as text.
    case text(String)
    case flag(Bool)
    case integer(Int)
    /// Also durations, in seconds.
    case seconds(TimeInterval)
    case severity(Severity)
    case recipient(RecipientEntry)
    case weekdays(Set<Int>)
    case hours(opens: Int, closes: Int)
    case mailbox(Mailbox)
    /// Nil: unlimited.
    case rate(Rate?)
    case throttle(ThrottleRule)
    case flap(FlapRule)
    case bounces(BounceRule)
    /// The day is 1 for Monday, nil for any; minutes after midnight.
    case weekTime(day: Int?, minute: Int)
    /// Of a whole: 0.75 for `75%`.
    case share(Double)
}

/// Why a text is no value of a type: the end of a sentence about it, such as `must be true or false`.
struct OptionFault: Error {
    var message: String

    init(_ message: String) { self.message = message }

    init(mustBe type: OptionType) { message = "must be \(type.phrase)" }
}
