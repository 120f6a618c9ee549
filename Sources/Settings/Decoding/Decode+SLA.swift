// `sla` and `status_reports`: sections by severity.

import Foundation
import Incidents
import Routing

/// An entry of `status_reports`.
struct DecodedReport {
    var severity: Severity
    var rule: ReportRule
}

extension ConfigurationReader {
    /// By rank, as far as the entries could be read.
    func sla(_ top: Section, calendars: [String: BusinessCalendar]) -> [Int: SLAPolicy] {
        var policies: [Int: SLAPolicy] = [:]
        for (member, severity) in bySeverity(named(top, "sla")) {
            guard let sla = section(member.value, "sla.*", "`sla` of `\(member.key.shortened)`") else { continue }
            if !sla.isBroken, !["acknowledge", "resolve", "update"].contains(where: sla.has) {
                findings.warning("\(sla.title) promises nothing: name `acknowledge`, `resolve` or `update`", at: member.place)
            }
            var policy = SLAPolicy(
                acknowledge: sla.seconds("acknowledge"), resolve: sla.seconds("resolve"), update: sla.seconds("update"),
                calendar: sla.text("calendar").flatMap { calendars[$0] })
            if case .share(let share)? = sla.first("warn_at")?.value { policy.warnAt = share }
            if let acknowledge = policy.acknowledge, let resolve = policy.resolve, acknowledge > resolve {
                findings.warning(
                    "`acknowledge` of \(sla.title) is longer than `resolve`: what is resolved counts as acknowledged, so it promises nothing",
                    at: sla.place(of: "acknowledge"))
            }
            if let severity { policies[severity.rank] = policy }
        }
        return policies
    }

    func statusReports(_ top: Section) -> [DecodedReport] {
        bySeverity(named(top, "status_reports")).compactMap { member, severity in
            guard let report = section(member.value, "status_reports.*", "`status_reports` of `\(member.key.shortened)`") else {
                return nil
            }
            checkIsNotEmpty(report, "to")
            guard let severity, let every = report.seconds("every") else { return nil }
            return DecodedReport(severity: severity, rule: ReportRule(every: every, to: report.recipients("to")))
        }
    }

    /// Each member with the severity that its name means; findings say where that is none, or the same again.
    func bySeverity(_ members: [YAMLMember]) -> [(member: YAMLMember, severity: Severity?)] {
        var seen: [Int: String] = [:]
        return members.map { member in
            checkSeverity(member)
            guard let severity = scale.severity(member.key) else { return (member, nil) }
            if let other = seen[severity.rank] {
                findings.error("`\(member.key)` and `\(other)` are the same severity", at: member.place)
                return (member, nil)
            }
            seen[severity.rank] = member.key
            return (member, severity)
        }
    }
}
