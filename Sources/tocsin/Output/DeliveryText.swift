// Deliveries as a person reads them.

import Foundation
import Incidents
import Ledger
import Rendering
import Router
import Routing
import Settings

enum DeliveryText {
    /// On a narrow terminal the reasons of what went wrong have lines of their own, and those of what went well none.
    static func table(_ rows: [DeliveryRow]) -> Table {
        let isNarrow = Terminal.width.map { $0 < 110 } ?? false
        var columns: [Table.Column] = [
            .init("ID"), Moment.column("MADE"), .name("INCIDENT", shrinks: true), .init("TYPE"), .init("RECIPIENT", shrinks: true),
            .init("CHANNEL"),
            .init("STATE"),
        ]
        if !isNarrow { columns.append(.init("WHY", shrinks: true, most: 160)) }
        var table = Table(columns)
        let now = Date()
        for row in rows {
            let marks = [row.attemptCount > 1 ? "\(row.attemptCount) tries" : nil, row.degraded == nil ? nil : "degraded"].compactMap { $0 }
            let state = row.state.rawValue + (marks.isEmpty ? "" : " (\(marks.joined(separator: ", ")))")
            var cells: [Table.Cell] = [
                .init(String(row.id)), .init(Moment.cell(row.createdAt)), .init(row.incident ?? "–"), .init(row.type.rawValue),
                .init(row.recipient), .init(row.channel), .init(state, DeliveryColour.of(row.state)),
            ]
            let why = why(row, now: now)
            if !isNarrow { cells.append(.init(why ?? row.routes.joined(separator: ", "))) }
            table.add(cells, note: isNarrow ? why : nil)
        }
        return table
    }

    /// `until 07:00:00 (in 3 h): quiet hours of ana`, `went with digest 17`, or the recorded reason; nil where there is none.
    private static func why(_ row: DeliveryRow, now: Date) -> String? {
        if row.state == .held {
            let until = "until \(Moment.short(row.dueAt, now: now)) (\(Moment.relative(row.dueAt, now: now)))"
            return row.reason.map { "\(until): \($0)" } ?? until
        }
        if let digest = row.digest { return "went with digest \(digest)" + (row.reason.map { ": \($0)" } ?? "") }
        if !row.contains.isEmpty, row.reason == nil { return "holds \(row.containsCount)" }
        return row.reason
    }

    /// One delivery, as `deliveries show` and `dead show` print it.
    static func show(_ id: Int64, asJSON: Bool, _ option: ConfigOption) async throws {
        try await option.withLedger { ledger, configuration in
            guard let row = try await ledger.delivery(id) else {
                throw failure("there is no delivery \(id); `tocsin deliveries` lists them", Exit.no)
            }
            if asJSON {
                Terminal.say(DeliveryFacts.line(row).text)
                return
            }
            show(row)
            if !row.contains.isEmpty { try await showContents(row, ledger) }
            if let stored = try await ledger.storedEvent(sequence: row.sequence) {
                let now = row.deliveredAt ?? row.attempts.last?.at ?? Date()
                let digest = row.contains.isEmpty ? [] : try await ledger.digest(of: id, now: now).items
                showMessage(row, stored, digest, configuration, now: now)
            }
        }
    }

    /// `3: 11, 12, 13`; the first twenty of many.
    ///
    /// - Parameter count: where there are more than those.
    private static func ids(_ ids: [Int64], of count: Int? = nil) -> String? {
        if ids.isEmpty { return nil }
        return "\(count ?? ids.count): " + ids.prefix(20).map(String.init).joined(separator: ", ") + (ids.count > 20 ? ", …" : "")
    }

    private static func show(_ row: DeliveryRow) {
        func say(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            Terminal.say(name.padding(toLength: 12, withPad: " ", startingAt: 0) + Terminal.clean(value))
        }
        say("delivery", String(row.id))
        Terminal.say("state       " + Terminal.coloured(row.state.rawValue, DeliveryColour.of(row.state)))
        say("reason", row.reason)
        say("successor", row.successor.map(String.init))
        say("replaces", ids(row.replaced))
        say("instead of", row.insteadOf.map { "delivery \($0.id) by \($0.channel)" })
        for other in row.fallbacks { say("fell back", "to delivery \(other.id) by \(other.channel)") }
        say("digest", row.digest.map { "went with delivery \($0)" })
        say("holds", ids(row.contains, of: row.containsCount))
        say("silence", row.silence)
        say("degraded", row.degraded)
        say("recipient", row.recipient + (row.for == row.recipient ? "" : " (for `\(row.for)`)"))
        say("by", "\(row.channel), \(row.address)")
        say("because of", "\(row.routes.joined(separator: ", "))\(row.isUrgent ? " (urgent)" : "")")
        say("event", "\(row.type.rawValue) \(row.event) from \(row.source)")
        say("incident", row.incident)
        say("template", row.template)
        say("made", Timestamp.format(row.createdAt) + ", by configuration \(row.config)")
        if row.state == .held {
            say("held", "until \(Timestamp.format(row.dueAt))" + (row.hold.map { ", \($0.words)" } ?? ""))
        } else if row.state.isUnfinished {
            say("due", Timestamp.format(row.dueAt) + (row.isBlocked ? ", after an earlier one to the same address" : ""))
        }
        say("not after", row.expiresAt.map(Timestamp.format))
        say("delivered", row.deliveredAt.map(Timestamp.format))
        if row.attempts.isEmpty { Terminal.say("\nNot tried yet.") } else { showAttempts(row) }
    }

    /// What a digest holds; the first fifty of many.
    private static func showContents(_ row: DeliveryRow, _ ledger: LedgerStore) async throws {
        var held: [DeliveryRow] = []
        for id in row.contains.prefix(50) {
            if let row = try await ledger.delivery(id) { held.append(row) }
        }
        Terminal.say("\n" + Terminal.coloured("It holds\(row.containsCount > held.count ? ", among others" : ""):", .bold))
        table(held).show()
    }

    private static func showAttempts(_ row: DeliveryRow) {
        var table = Table([
            .init("ATTEMPT"), .init("OUTCOME"), .init("CODE"), .init("MS"), .init("WHAT WAS SEEN", shrinks: true, most: .max),
        ])
        for attempt in row.attempts {
            table.add([
                .init(Timestamp.format(attempt.at)), .init(attempt.outcome), .init(attempt.code ?? ""), .init(String(attempt.milliseconds)),
                .init(DeliveryFacts.reason(attempt) ?? attempt.remoteID ?? ""),
            ])
        }
        Terminal.say("")
        table.show()
    }

    /// The message, rendered from the recorded event with the templates as they are now.
    private static func showMessage(
        _ row: DeliveryRow, _ stored: StoredEvent, _ digest: [DigestItem], _ configuration: RouterConfiguration, now: Date
    ) {
        let library = TemplateLibrary.load(directory: configuration.router.templates).library
        var request = configuration.request(for: row, id: String(row.id), about: Story(stored), now: now)
        request.replaces = row.replaced.count
        request.insteadOf = row.insteadOf?.channel
        request.digest = digest
        request.origin = row.origin.rawValue
        request.acknowledging = configuration.acknowledging(shown: row, about: stored, now: now)
        let message = library.render(request)
        let note = configuration.carriedLinks(row, about: stored) ? " (its reader's own links are not the real ones)" : ""
        Terminal.say("\n" + Terminal.coloured("The message, with the templates as they are now\(note):", .bold))
        Terminal.say(Terminal.clean(message.preview, keepLines: true))
    }
}
