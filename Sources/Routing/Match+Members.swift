// A match as events carry it: a silence's, a subscription's.

import Foundation
import Incidents
import JSON

extension Match {
    /// Reads the `match` of an event: member to value, or to a list of values.
    ///
    /// - Parameter members: values are texts, numbers, booleans, or lists of them.
    /// - Throws: `MatchError` for what `Condition` refuses, and for values of another kind.
    public static func match(from members: [String: JSONValue], scale: SeverityScale) throws(MatchError) -> Match {
        var conditions: [Condition] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            var values: [String] = []
            for element in value.array ?? [value] {
                guard let text = element.scalarText else {
                    throw MatchError(message: "`\(quoted(name))` in `match` is \(element.kind); write a word, a number, or a list of them")
                }
                values.append(text)
            }
            conditions.append(try Condition(member: name, values: values, scale: scale))
        }
        return Match(conditions: conditions)
    }

    /// What it asks of the incident, without what it asks of the event.
    var onIncident: Match { Match(conditions: conditions.filter { !$0.isOnEvent }) }
}

extension Condition {
    fileprivate var isOnEvent: Bool {
        switch subject {
        case .type, .from, .to, .source, .field: true
        default: false
        }
    }
}
