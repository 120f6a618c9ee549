// tocsin silences

import ArgumentParser
import Foundation
import Incidents
import JSON
import Ledger
import Router
import Routing
import Settings

struct Silences: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the silences in force: what they keep back, whose they are, why, until when, and how much they kept back.",
        discussion: """
              tocsin silences
              tocsin silences --all --json
            """)

    @Flag(help: "Those that have ended, too.")
    var all = false

    @Flag(help: "One JSON object a line.")
    var json = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        try await option.withLedger { ledger, _ in
            let now = Date()
            var rows = try await ledger.silences(includeEnded: all)
            // Until the clock has told of its end, a silence that ran out is not marked as ended.
            if !all { rows = rows.filter { now < $0.silence.until } }
            if json {
                for row in rows { Terminal.say(Self.line(row, now: now).text) }
            } else if rows.isEmpty {
                Terminal.say(all ? "There has been no silence." : "Nothing is silenced. (--all lists silences that have ended)")
            } else {
                Self.table(rows, now: now).show()
            }
        }
    }

    private static func table(_ rows: [SilenceRow], now: Date) -> Table {
        var table = Table([
            .name("ID"), .init("WHAT", shrinks: true), .init("OWNER"), .init("ENDS"), .init("KEPT BACK"), .init("WHY", shrinks: true),
        ])
        for row in rows {
            let silence = row.silence
            table.add([
                .init(silence.id), .init(MatchText.words(silence.match)), .init(silence.by ?? "–"),
                .init(ends(silence, now: now), silence.isActive(at: now) ? nil : .grey), .init(kept(row)), .init(silence.reason ?? "–"),
            ])
        }
        return table
    }

    /// `in 2 h (16:05:31)`, `ended 3 min ago`, `begins in 1 h`.
    private static func ends(_ silence: Silence, now: Date) -> String {
        let end = min(silence.endedAt ?? silence.until, silence.until)
        if silence.endedAt != nil || end <= now { return "ended \(Moment.relative(end, now: now))" }
        if silence.from > now { return "begins \(Moment.relative(silence.from, now: now))" }
        return "\(Moment.relative(end, now: now)) (\(Moment.short(end, now: now)))"
    }

    /// `12, of 3 incidents`.
    private static func kept(_ row: SilenceRow) -> String {
        row.suppressed == 0 ? "nothing" : "\(row.suppressed), of \(row.incidents) incident\(row.incidents == 1 ? "" : "s")"
    }

    private static func line(_ row: SilenceRow, now: Date) -> JSONLine {
        func time(_ date: Date?) -> JSONValue { date.map { .string(Timestamp.format($0)) } ?? .null }
        let silence = row.silence
        return JSONLine([
            "id": .string(silence.id), "match": .object(silence.match), "by": silence.by.map(JSONValue.string) ?? .null,
            "reason": silence.reason.map(JSONValue.string) ?? .null, "from": time(silence.from), "until": time(silence.until),
            "ended_at": time(silence.endedAt ?? (silence.until <= now ? silence.until : nil)), "active": .bool(silence.isActive(at: now)),
            "suppressed": .integer(row.suppressed), "incidents": .integer(row.incidents),
        ])
    }
}
