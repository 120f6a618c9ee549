// Why something waits on purpose, in words.

import Routing

extension Hold.Kind {
    /// After a count: `3 for quiet hours`.
    var words: String {
        switch self {
        case .quietHours: "for quiet hours"
        case .digest: "for a digest"
        case .group: "to be grouped"
        case .throttle: "by a throttle"
        case .dependency: "for news of what they depend on"
        case .late: "as late, to be gathered"
        case .snooze: "because they do not want to hear now"
        case .limit: "over a person's own limit"
        }
    }
}
