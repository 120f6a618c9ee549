// `rotations`.

import Foundation
import Incidents
import Routing

/// A rotation of the file; `rotation` is nil where it could not be read.
struct DecodedRotation {
    var name: String
    var place: Place
    /// Whoever may be on duty, each once; nil where that is not known.
    var people: [String]?
    var rotation: Rotation?
    /// Its calendar file, absolute.
    var calendar: String?
}

extension ConfigurationReader {
    /// - Parameter zone: the router's.
    func rotations(_ top: Section, zone: String, people: [DecodedPerson]) -> [DecodedRotation] {
        let known = Dictionary(people.map { ($0.person.id, $0.person) }, uniquingKeysWith: { first, _ in first })
        return named(top, "rotations").map { member in
            var decoded = DecodedRotation(name: member.key, place: member.place)
            guard let section = section(member.value, "rotations.*", "rotation `\(member.key.shortened)`") else { return decoded }
            checkIsNotEmpty(section, "people")
            guard checkSource(section), !section.isBroken, let zone = TimeZone(identifier: section.text("timezone") ?? zone) else {
                return decoded
            }
            var rotation = Rotation(
                name: member.key, people: section.texts("people"), timeZone: zone,
                reachesSuppressed: section.flag("reach_suppressed") ?? false)
            if let calendar = section.first("calendar") {
                decoded.calendar = FilePath.resolve(calendar.text, against: directory)
                guard let text = calendarText(calendar) else { return decoded }
                rotation.shifts = calendarShifts(text, of: calendar, known, in: zone)
            } else {
                setTurns(&rotation, section)
            }
            decoded.rotation = rotation
            var seen: Set<String> = []
            let named = section.has("calendar") ? rotation.shifts?.map(\.person) : rotation.people
            decoded.people = named?.filter { seen.insert($0).inserted }
            return decoded
        }
    }

    /// Whether it is said who is on duty, and said once.
    private func checkSource(_ section: Section) -> Bool {
        if section.has("calendar") {
            for name in ["people", "every", "handover", "start"] where section.has(name) {
                findings.error(
                    "`calendar` and `\(name)` exclude each other: the calendar says who is on duty, and when", at: section.place(of: name))
                return false
            }
            return true
        }
        let missing = ["people", "every"].filter { !section.has($0) && !section.misspelt.contains($0) }
        if missing.isEmpty { return section.has("people") && section.has("every") }
        let needs = missing.count == 2 ? "`people` and `every`, or `calendar`" : "`\(missing[0])`"
        if !section.misspelt.contains("calendar") { findings.error("\(section.title) needs \(needs)", at: section.place) }
        return false
    }

    private func setTurns(_ rotation: inout Rotation, _ section: Section) {
        rotation.every = section.seconds("every") ?? rotation.every
        if case .weekTime(let day, let minute)? = section.first("handover")?.value {
            rotation.handoverDay = day
            rotation.handoverMinute = minute
            if day != nil, rotation.every.truncatingRemainder(dividingBy: 7 * 86_400) != 0 {
                findings.error(
                    "`handover` names a day, and turns of \(DurationText.text(rotation.every)) do not end on the same day each time: write "
                        + "the time alone, or an `every` of whole weeks", at: section.place(of: "handover"))
            }
        }
        guard let given = section.first("start"),
            let (moment, weekday) = TimeText.moment(given.text, minute: rotation.handoverMinute, in: rotation.timeZone)
        else { return }
        rotation.start = moment
        if let day = rotation.handoverDay, day != weekday {
            findings.error(
                "`start` is a \(TimeText.fullDayNames[weekday - 1]), and turns are handed over on \(TimeText.fullDayNames[day - 1])",
                at: given.place)
        }
    }

    /// The file's text; nil where it cannot be read.
    private func calendarText(_ given: Given) -> String? {
        let path = FilePath.resolve(given.text, against: directory)
        switch FileText.read(path, limit: 8 << 20) {
        case .success(let bytes):
            if let text = String(validating: bytes, as: UTF8.self) { return text }
            findings.error("the file of `calendar` is not UTF-8: \(given.raw.shortened)", at: given.place)
        case .failure(let fault):
            if given.isPlaceholder { return nil }
            findings.error("the file of `calendar` \(fault.phrase): \(given.raw.shortened)", at: given.place)
        }
        return nil
    }
}
