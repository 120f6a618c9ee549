// The facts of a request, cleaned and bounded, as the words need them. `limit` is the most UTF-16 units that any one
// text of the data may bring; a smaller one is tried where a message came out too large.

import Foundation
import Incidents
import JSON

final class Facts {
    /// The longest text on one line.
    static let longestLine = 500

    let request: RenderRequest
    let limit: Int
    /// The most UTF-16 units of the texts of earlier events together.
    let earlierLimit: Int
    /// In the reader's language.
    let phrases: Phrases
    let clock: LocalClock
    let status: IncidentStatus?
    let change: Change
    let title: String?
    /// The event's own text.
    let said: String?
    /// What the message says: the event's own text, or what Tocsin says in its place.
    lazy var message: String? = Words.body(self) ?? said
    /// The message shows how to acknowledge by a button or a link, so that `expected` need not name the command.
    var showsHowToAcknowledge = true
    /// What was held and comes with this message; nil where nothing was.
    lazy var digest = Digest(request, limit: limit, phrases)
    /// The message is nothing but what was held.
    var isDigest: Bool { request.isDigest }
    /// The message is only a trial of the channel.
    var isTest: Bool { request.template == "ping" }

    init(_ request: RenderRequest, limit: Int, earlier: Int? = nil, _ phrases: Phrases? = nil) {
        let phrases = phrases ?? TemplateLibrary.builtIn.phrases(request.language)
        self.phrases = phrases
        self.request = request
        self.limit = limit
        earlierLimit = earlier ?? limit
        clock = LocalClock(zone: request.timezone, phrases)
        let isAlways = phrases.isRightToLeft
        let lineLimit = min(limit, Self.longestLine)
        func line(_ text: String?) -> String? {
            guard let text else { return nil }
            let clean = CleanText.line(text, limit: lineLimit)
            return clean.isEmpty ? nil : Bidirectional.isolated(clean, always: isAlways)
        }
        func block(_ text: String) -> String? {
            let clean = CleanText.block(text, limit: limit)
            return clean.isEmpty ? nil : Bidirectional.isolated(clean, always: isAlways)
        }
        status = request.incident?.status
        let title = request.incident?.text("title")
        self.title = line(request.monitorTitle(title, phrases) ?? title ?? request.event.incident?.members["title"]?.string)
        said = (request.event.message ?? request.event.payload?["message"]?.string).flatMap(block)

        let event = request.event
        var change = Change(
            field: line(event.change.field), from: line(event.change.from ?? request.previous), to: line(event.change.to),
            reason: event.change.reason.flatMap(block),
            by: line(event.change.by.map { request.displayName($0) ?? $0 }))
        // Teams have no other name.
        if (event.type == .assignment && change.field != "team") || change.field == "rotation" {
            change.from = line(event.change.from.map { request.displayName($0) ?? $0 }) ?? change.from
            change.to = line(event.change.to.map { request.displayName($0) ?? $0 })
        }
        switch event.type {
        case .statusChange:
            change.field = change.field ?? "status"
            change.to = Self.word(event.change.to, or: change.to, phrases) ?? request.incident.map { Words.status($0.status, phrases) }
            change.from = Self.word(event.change.from ?? request.previous, or: change.from, phrases)
        case .severityChange:
            change.field = change.field ?? "severity"
            change.to = change.to ?? line(request.severity?.name)
        default:
            if change.field == "status" {
                change.to = Self.word(event.change.to, or: change.to, phrases)
                change.from = Self.word(event.change.from ?? request.previous, or: change.from, phrases)
            }
        }
        if change.from == change.to { change.from = nil }
        self.change = change
    }

    private static func word(_ status: String?, or text: String?, _ phrases: Phrases) -> String? {
        status.flatMap(IncidentStatus.init(word:)).map { Words.status($0, phrases) } ?? text
    }

    /// A text of the data on one line.
    func line(_ text: String) -> String {
        Bidirectional.isolated(CleanText.line(text, limit: min(limit, Self.longestLine)), always: phrases.isRightToLeft)
    }

    /// A text of the data, with its lines.
    func block(_ text: String, limit: Int? = nil) -> String {
        Bidirectional.isolated(CleanText.block(text, limit: limit ?? self.limit), always: phrases.isRightToLeft)
    }

    /// An id or a severity: never shortened together with the texts.
    func name(_ text: String) -> String { Bidirectional.isolated(CleanText.line(text, limit: 200), always: false) }

    func line(_ value: JSONValue?) -> String? {
        guard let text = value?.scalarText else { return nil }
        let clean = line(text)
        return clean.isEmpty ? nil : clean
    }

    /// A member of the payload (of a broadcast, silence, ...), on one line.
    func payload(_ name: String) -> String? {
        let value = request.event.payload?[name]
        if let who = value?.object { return line(who["email"] ?? who["sms"] ?? .null) }
        return Self.people.contains(name) ? who(value) : line(value)
    }

    func payloadTime(_ name: String) -> String? {
        (request.event.payload?[name]?.string).flatMap(Timestamp.parse).map { Words.time($0, clock: clock, now: request.now) }
    }

    var firstLineOfMessage: String? {
        message.flatMap { $0.split(separator: "\n").first }.map { Shortening.cut(String($0), to: 120) }
    }

    /// How long the incident lasted when the event happened.
    var lasted: Double {
        guard let incident = request.incident else { return 0 }
        return request.event.time.timeIntervalSince(incident.openedAt)
    }

    /// Negative where the severity became more urgent, positive where less; nil where that is not known.
    var severityMove: Int? {
        let scale = SeverityScale.standard
        guard let to = request.severity?.rank ?? change.to.flatMap(scale.severity)?.rank else { return nil }
        if let from = request.previousSeverity { return to - from.rank }
        // Without the configured scale, only where both names are the standard ones.
        guard let from = change.from.flatMap(scale.severity), let same = change.to.flatMap(scale.severity) else { return nil }
        return same.rank - from.rank
    }

    var isAcknowledged: Bool { request.incident?.acknowledged ?? false }

    var isLate: Bool { !isTest && !isDigest && request.now.timeIntervalSince(request.event.time) > request.lateAfter }

    /// Who has it: who acknowledged, else nobody yet.
    var holder: String? { who(request.incident?.acknowledgedBy ?? request.incident?.text("assignee")) }

    /// The incident's id as a shell takes it; nil where quoting would not be safe to read and copy.
    var quotedID: String? { (request.incident?.id ?? request.event.incident?.id).flatMap(Self.quoted) }

    static func quoted(_ id: String) -> String? {
        let isPlain =
            !id.isEmpty && id.utf8.count <= 200 && !id.hasPrefix("-")
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "._:@/-+#".utf8.contains(byte)
                }
            }
        if isPlain, !id.hasPrefix("#") { return id }
        let isQuotable =
            id.utf8.count <= 200 && !id.isEmpty && !id.hasPrefix("-")
            && id.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\\") }
        return isQuotable ? "'\(id)'" : nil
    }
}
