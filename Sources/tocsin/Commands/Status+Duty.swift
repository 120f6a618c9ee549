// Who is on duty now and next, and who is away, for `tocsin status`.

import Foundation
import Incidents
import JSON
import Router
import Routing

extension DutyNow {
    // MARK: For people

    /// Only what there is.
    func show() {
        for (number, row) in rows.enumerated() {
            let (text, isCovered) = words(row)
            Terminal.say(
                Self.head(number == 0 ? "on duty" : "")
                    + Terminal.coloured(Terminal.clean("\(row.rotation.name): \(text)"), isCovered ? nil : .red))
        }
        for (number, absence) in absences.enumerated() {
            let isNow = absence.from <= now
            let begin = isNow ? "" : " from \(Moment.short(absence.from, now: now))"
            let deputy = presence.standIn(for: absence.who)
            let instead =
                !isNow ? absence.deputy.map { "\($0) stands in" } ?? "no deputy" : deputy.map { "\($0) stands in" } ?? "nobody stands in"
            Terminal.say(
                Self.head(number == 0 ? "away" : "")
                    + Terminal.clean("\(absence.who)\(begin) until \(Moment.short(absence.until, now: now)): \(instead)"))
        }
    }

    private func words(_ row: Row) -> (text: String, isCovered: Bool) {
        let then = row.next.map { "; then \($0.person)" } ?? ""
        guard let turn = row.turn else {
            let next = row.next.map { " until \(Moment.short($0.from, now: now)), then \($0.person)" } ?? ", and nobody will be"
            return ("nobody\(next)", false)
        }
        let until = "until \(Moment.short(turn.until, now: now))"
        guard let person = row.person else { return ("nobody \(until): \(turn.person) is away, and nobody stands in\(then)", false) }
        return ("\(person)\(person == turn.person ? "" : " for \(turn.person), who is away,") \(until)\(then)", true)
    }

    private static func head(_ name: String) -> String { name.padding(toLength: 13, withPad: " ", startingAt: 0) }
}
