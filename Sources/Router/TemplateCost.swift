// What each template costs by SMS with data as it usually is. Networks count segments, and so does the bill.

import Foundation
import Incidents
import JSON
import Rendering
import Routing
import Settings

/// One template in one language, as a text message.
public struct TemplateCost: Sendable, Equatable {
    public var template: String
    /// Nil: what everybody gets whose language has no templates of its own.
    public var language: String?
    /// As it is before the channel's `max_segments` shortens it; at least 1.
    public var segments: Int
    public var encoding: SMSSegments.Encoding
    /// In UTF-16 units.
    public var length: Int
    /// The most that any channel of type `sms` lets through.
    public var limit: Int
    public var text: String

    public var exceeds: Bool { segments > limit }
}

extension ConfigurationCheck {
    /// By template and language, sorted; empty where nothing can be sent by SMS, or the configuration has errors.
    public func templateCosts() -> [TemplateCost] {
        guard let configuration, let templates, errors.isEmpty else { return [] }
        let limits = configuration.channels.filter { $0.kind == .sms }.compactMap(\.maximumSegments)
        guard let limit = limits.min() else { return [] }
        let people = configuration.table.directory.people.values.filter { $0.addresses[.sms] != nil }
        let languages: [String?] = [nil] + Set(people.compactMap(\.language)).sorted()
        let names = Set(templates.names).union(EventType.allCases.map(\.rawValue)).sorted()
        var costs: [TemplateCost] = []
        for name in names {
            let standard = Self.cost(of: name, language: nil, templates, configuration, limit: limit)
            for language in languages {
                guard let language else {
                    costs.append(standard)
                    continue
                }
                var cost = Self.cost(of: name, language: language, templates, configuration, limit: limit)
                // A language that changes nothing is no line of its own.
                if cost.text == standard.text { continue }
                cost.language = language
                costs.append(cost)
            }
        }
        return costs
    }

    /// Findings about what would be shortened although its data is as usual.
    public func costWarnings(_ costs: [TemplateCost]) -> [Diagnostic] {
        guard let configuration else { return [] }
        return costs.filter(\.exceeds).map { cost in
            let own = [cost.language.map { "\(cost.template)/\($0)" }, cost.template].compactMap(\.self)
                .map { "\(configuration.router.templates)/\($0)/sms.txt" }.first { FileManager.default.fileExists(atPath: $0) }
            let language = cost.language.map { " in language `\($0)`" } ?? ""
            return Diagnostic(
                severity: .warning, file: own ?? configuration.file,
                message:
                    "template `\(cost.template)`\(language) takes \(cost.segments) SMS segments (\(cost.encoding.words)) with usual data, and "
                    + "`max_segments` is \(cost.limit): it is always shortened; say less, or raise `max_segments`")
        }
    }

    private static func cost(
        of name: String, language: String?, _ templates: TemplateLibrary, _ configuration: RouterConfiguration, limit: Int
    ) -> TemplateCost {
        let request = TypicalMessage(name, configuration.scale).request(language: language, zone: configuration.router.timezone)
        guard case .sms(let text) = templates.render(request).content else {
            return TemplateCost(template: name, segments: 1, encoding: .gsm7, length: 0, limit: limit, text: "")
        }
        let segments = SMSText.segments(text)
        return TemplateCost(
            template: name, segments: max(1, segments.count), encoding: segments.encoding, length: text.utf16.count, limit: limit,
            text: text)
    }
}

extension SMSSegments.Encoding {
    /// As telephone people call it.
    public var words: String { self == .gsm7 ? "GSM-7" : "UCS-2" }
}

/// A message as it usually is: an incident in its tenth minute, with what a careful producer says of it.
private struct TypicalMessage {
    let template: String
    let scale: SeverityScale
    private let now = Date(timeIntervalSince1970: 1_795_492_680)

    init(_ template: String, _ scale: SeverityScale) {
        self.template = template
        self.scale = scale
    }

    func request(language: String?, zone: String) -> RenderRequest {
        let type = EventType(rawValue: template) ?? (template.hasPrefix("digest") ? .statusChange : .escalation)
        let incident = type.needsIncident ? incident : nil
        let event = Event(
            id: "typical", source: "monitor", type: type, time: now.addingTimeInterval(-20),
            incident: incident.map { IncidentPatch(id: $0.id) },
            change: change(of: type), message: message(of: type))
        let severity = scale.mostUrgent
        return RenderRequest(
            kind: .sms, template: template, language: language, timezone: zone, event: event, incident: incident,
            severity: incident == nil ? nil : severity, recipient: "Duty Engineer", routes: ["page-on-escalation"], delivery: "4711",
            channel: "sms", now: now, maximumSegments: 10,
            digest: template == "digest" ? [DigestItem(event: event, incident: self.incident, severity: severity.name, count: 2)] : [],
            severities: scale)
    }

    private var incident: Incident {
        var incident = Incident(id: "INC0012345", firstSeen: now.addingTimeInterval(-600))
        incident.members = [
            "title": .string("Payments API fails for one customer in five"), "severity": .string(scale.mostUrgent.name),
            "status": .string("open"), "service": .string("payments"), "team": .string("payments"),
            "impact": .string("Card payments fail; customers see an error page"),
            "next_steps": .string("Database failover is under way"),
        ]
        return incident
    }

    private func change(of type: EventType) -> Change {
        switch type {
        case .statusChange: Change(field: "status", from: "open", to: "in_progress")
        case .severityChange:
            Change(field: "severity", from: scale.all.dropFirst().first?.name, to: scale.mostUrgent.name, reason: "More customers")
        case .assignment: Change(field: "assignee", from: "ana", to: "ben", by: "ana")
        case .slaWarning, .slaBreach: Change(field: "acknowledge")
        default: Change()
        }
    }

    private func message(of type: EventType) -> String? {
        switch type {
        case .update, .broadcast: "The failover is done, and errors go down. We watch it for another half hour."
        case .operations: "Channel `mail` has been refusing for 10 minutes"
        default: nil
        }
    }
}
