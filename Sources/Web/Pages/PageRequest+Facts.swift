// The same facts in the same words on every page: severity, status, who has it, clocks, what comes next.

import Foundation
import Incidents
import Ledger
import Rendering
import Router
import Routing

extension PageRequest {
    var table: RoutingTable { setup.configuration.table }

    /// As the configuration judges it.
    func urgency(of incident: Incident) -> Severity { incident.severity(on: table.scale, assumed: table.assumedSeverity) }

    func severity(of incident: Incident) -> HTML {
        let severity = urgency(of: incident)
        let text = incident.text("severity") == nil ? words("incident.assumed", ["severity": severity.name]) : severity.name
        return .badge(text, .severity(severity.rank))
    }

    func status(of incident: Incident) -> HTML {
        let word = words.word("status", incident.status.rawValue)
        let text = incident.reopened && incident.isOpen ? words("incident.again", ["status": word]) : word
        let tone: HTML.Tone = !incident.isOpen ? .good : incident.acknowledged ? .plain : .warn
        return .badge(text, tone)
    }

    func state(_ state: DeliveryState) -> HTML { .badge(words.word("state", state.rawValue), .of(state)) }

    func type(_ type: EventType) -> String { words.word("type", type.rawValue) }

    func incidentLink(_ id: String, _ text: String? = nil) -> HTML { .link(text ?? id, to: Page.path("incidents", id)) }

    func deliveryLink(_ id: Int64) -> HTML {
        .element(.span, [.class: "nowrap"], .link(String(id), to: "/deliveries/\(id)"))
    }

    /// Who has it: whoever acknowledged it, else whoever it was given to.
    func owner(of incident: Incident) -> HTML {
        let assigned =
            known("assignee", of: incident).map(person) ?? known("team", of: incident).map { words("incident.team-of", ["team": $0]) }
        if incident.acknowledged {
            return HTML(incident.acknowledgedBy.map(person) ?? assigned ?? words("incident.acknowledged"))
        }
        guard incident.isOpen else { return HTML(assigned ?? "–") }
        return HTML(assigned.map { words("incident.not-acknowledged", ["who": $0]) } ?? words("incident.nobody"))
    }

    func known(_ member: String, of incident: Incident) -> String? {
        incident.members[member]?.scalarText.flatMap { $0.isEmpty ? nil : $0 }
    }

    // MARK: Time

    /// The promises, each with its state and the time that is left; empty where nothing is promised.
    func clocks(of incident: Incident, all: Bool) -> HTML {
        let clocks = (table.clocks(of: incident, now: now)?.clocks ?? []).filter { all || $0.metAt == nil }
        if clocks.isEmpty { return .empty }
        return .element(
            .ul, [.class: "clocks"],
            all: clocks.map { clock in
                HTML.element(
                    .li, [:], .element(.span, [:], HTML(words.word("target", clock.target.rawValue))),
                    .badge(standing(clock).0, standing(clock).1),
                    moment(of: clock))
            })
    }

    private func standing(_ clock: SLAClock) -> (String, HTML.Tone) {
        let state = ClockWords.state(clock, now: now)
        if clock.metAt != nil {
            let isLate = state == .breached || clock.breachesAt.map { $0 < clock.metAt ?? $0 } ?? false
            return isLate ? (words("sla.met-late"), .warn) : (words("sla.met"), .good)
        }
        if clock.isPaused, state != .breached { return (words("sla.paused"), .quiet) }
        return (words.word("sla", state.rawValue), .of(state))
    }

    private func moment(of clock: SLAClock) -> HTML {
        if let metAt = clock.metAt { return time(metAt) }
        return clock.isPaused ? .empty : time(clock.breachesAt)
    }

    /// What time alone will do next: when, and what.
    func next(_ entry: AgendaEntry) -> HTML { [HTML(what(entry)), " ", time(entry.at)] }

    func what(_ entry: AgendaEntry) -> String {
        switch entry.raised {
        case .warning(let target), .missedWarning(let target):
            words("next.warning", ["target": words.word("target", target.rawValue)])
        case .breach(let target): words("next.breach", ["target": words.word("target", target.rawValue)])
        case .step(_, let step, _): words("next.step", ["number": String(step + 1)])
        case .unanswered: words("next.unanswered")
        case .gap, .gapIgnored: words("next.gap")
        case .report: words("next.report")
        case .again(let route): words("next.again", ["route": route])
        case .flapping, .calm: words("next.calm")
        case .lead: words("next.lead")
        case .response: words("next.response")
        default: entry.what
        }
    }

    /// Names, the first few of many, each once.
    func names(_ deliveries: [PlannedDelivery]) -> String {
        var seen: Set<String> = []
        let names = deliveries.map { person($0.recipient) }.filter { seen.insert($0).inserted }
        let shown = names.prefix(5).joined(separator: ", ")
        return names.count > 5 ? words("next.and-more", ["names": shown, "n": String(names.count - 5)]) : shown
    }

    /// A person's own name, where they have one.
    func person(_ name: String) -> String { table.names[name] ?? name }

    // MARK: Deliveries

    /// Why a delivery is as it is: until when it is held and why, with which digest it went, or what was seen.
    func why(_ row: DeliveryRow) -> HTML {
        if row.state == .held {
            let kind = row.hold.map { words.word("hold", $0.rawValue) } ?? ""
            return [HTML(words("delivery.until")), " ", time(row.dueAt), HTML(row.reason.map { ": \($0)" } ?? ": \(kind)")]
        }
        if let digest = row.digest, let id = Int64(digest) {
            return [HTML(words("delivery.with-digest")), " ", deliveryLink(id)]
        }
        if let successor = row.successor {
            return [HTML(words("delivery.superseded-by")), " ", deliveryLink(successor), HTML(row.reason.map { ": \($0)" } ?? "")]
        }
        if let reason = row.reason { return HTML(reason) }
        if row.containsCount > 0 { return HTML(words("delivery.holds", ["n": String(row.containsCount)])) }
        return HTML(row.routes.joined(separator: ", "))
    }

    /// More tries than one, what was left out, what the gateway said since.
    func marks(_ row: DeliveryRow) -> HTML {
        var marks: [String] = []
        if row.attemptCount > 1 { marks.append(words("delivery.tries", ["n": String(row.attemptCount)])) }
        if row.degraded != nil { marks.append(words("delivery.degraded")) }
        if let receipt = row.receipt { marks.append(words.word("receipt", receipt)) }
        if row.droppedAt != nil { marks.append(words("delivery.dropped")) }
        return marks.isEmpty ? .empty : .element(.small, [:], HTML(marks.joined(separator: ", ")))
    }
}
