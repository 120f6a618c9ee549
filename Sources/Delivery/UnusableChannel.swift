// A channel whose configuration cannot work. `check` names the fault; should such a channel be built all the same, its
// deliveries wait for the operator instead of being lost.

import Foundation
import Incidents

struct UnusableChannel: Channel {
    let name: String
    let kind: ChannelKind
    let destination: String
    /// What is wrong, without secrets.
    let fault: String

    func deliver(_ parcel: Parcel) async -> AttemptReport {
        AttemptReport(.deferred(.badConfiguration), detail: fault)
    }
}
