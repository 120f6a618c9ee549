// The turns of a rotation that an iCalendar file gives. The one place where the reader of such files is called.

import Foundation
import Routing

extension ConfigurationReader {
    /// Who is on duty when, by the file's text; findings say what cannot be understood.
    ///
    /// - Parameters:
    ///   - people: whom the file may name.
    ///   - zone: of times without one.
    /// - Returns: sorted by their beginning; nil where it cannot be understood.
    func calendarShifts(_ text: String, of given: Given, _ people: [String: Person], in zone: TimeZone) -> [Rotation.Shift]? {
        let reading = ICalendar.shifts(text, people: people, timeZone: zone, now: now)
        for problem in reading.problems {
            findings.error("`calendar`: \(given.raw.shortened), line \(problem.line): \(problem.message)", at: given.place)
        }
        return reading.problems.isEmpty ? reading.shifts : nil
    }
}
