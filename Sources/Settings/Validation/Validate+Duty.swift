// Broadcasts that nobody could approve, and responses that never count.

import Incidents
import Routing

extension Validation {
    /// Nobody approves what they wrote themselves, so that one approver alone cannot write to many.
    func checkBroadcasts() {
        guard let section = reader.broadcastSection, !section.isBroken else { return }
        let rules = decoded.broadcasts
        guard rules.approveOver != nil else {
            if section.has("approvers") {
                findings.warning(
                    "`approvers` are asked for nothing: `approve_over` says from how many addresses on", at: section.place(of: "approvers"))
            }
            return
        }
        if rules.approvers.isEmpty {
            let place = section.has("approvers") ? section.place(of: "approvers") : section.place(of: "approve_over")
            findings.warning("nobody can approve a broadcast: name people or rotations in `approvers`", at: place)
            return
        }
        var people: Set<String> = []
        for approver in rules.approvers {
            guard let rotation = rotations[approver] else {
                people.insert(approver)
                continue
            }
            guard let names = rotation.people else { return }
            people.formUnion(names)
        }
        if people.count == 1, let only = people.first {
            findings.warning(
                "`\(only.shortened)` is the only approver, and nobody approves what they wrote themselves: name a second one",
                at: section.place(of: "approvers"))
        }
    }

    /// The first response that matches counts.
    func checkResponses() {
        var earlier: [(number: Int, place: Place, reach: Reach)] = []
        for decoded in decoded.responses {
            guard let response = decoded.response else { continue }
            let reach = reach(response.match)
            if let impossible = reach.conditions.first(where: { $0.cases?.isEmpty ?? false }) {
                findings.warning("response \(response.number) can never match: `\(impossible.text)` holds for nothing", at: decoded.place)
            } else if let first = earlier.first(where: { $0.reach.covers(reach) }) {
                findings.warning(
                    "response \(response.number) is never used: response \(first.number) (line \(first.place.line)) comes before it and "
                        + "matches every incident that it does", at: decoded.place)
            }
            if earlier.count < 500 { earlier.append((response.number, decoded.place, reach)) }
        }
    }
}
