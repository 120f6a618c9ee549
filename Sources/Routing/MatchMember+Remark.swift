// What is said beside a value that was found, where the value alone does not tell enough: of promises.

import Foundation
import Incidents

extension MatchMember {
    /// For instance `breaches in 3m`, `nothing is promised for medium`; nil where there is nothing to add.
    func remark(_ facts: MatchFacts) -> String? {
        guard case .sla(let target) = self else { return nil }
        if let target {
            if let clock = facts.sla?[target] { return clock.remark(at: facts.now) }
            return facts.severity.map { "no time to \(target.rawValue) is promised for \($0.name)" }
        }
        guard let clock = facts.sla?.decisive else { return facts.severity.map { "nothing is promised for \($0.name)" } }
        return "\(clock.target.rawValue) \(clock.remark(at: facts.now))"
    }
}

extension SLAClocks {
    /// The clock that makes the whole what it is: of those that stand worst, one that runs, and of these the next to breach.
    fileprivate var decisive: SLAClock? {
        clocks.filter { $0.state == worst }.min { a, b in
            if a.isRunning != b.isRunning { return a.isRunning }
            return (a.breachesAt ?? .distantFuture) < (b.breachesAt ?? .distantFuture)
        }
    }
}

extension SLAClock {
    fileprivate func remark(at now: Date) -> String {
        if state == .breached, metAt != nil { return "met too late" }
        if let metAt { return "met \(AgeText.text(max(0, now.timeIntervalSince(metAt)))) ago" }
        if state == .breached, let breachesAt { return "\(AgeText.text(max(0, now.timeIntervalSince(breachesAt)))) ago" }
        if isPaused { return "on hold" }
        guard let breachesAt else { return "never breaches" }
        return "breaches in \(AgeText.text(breachesAt.timeIntervalSince(now).rounded(.up)))"
    }
}
