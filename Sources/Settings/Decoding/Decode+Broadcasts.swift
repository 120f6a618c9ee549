// `broadcasts`.

import Foundation
import Routing

extension ConfigurationReader {
    func broadcasts(_ top: Section) -> BroadcastRules {
        var rules = BroadcastRules()
        guard let node = top.node("broadcasts"), let section = section(node, "broadcasts", "`broadcasts`") else { return rules }
        rules.approveOver = section.integer("approve_over")
        rules.approvers = section.texts("approvers")
        rules.cooldown = section.seconds("cooldown") ?? rules.cooldown
        rules.approveWithin = section.seconds("approve_within") ?? rules.approveWithin
        broadcastSection = section
        return rules
    }
}
