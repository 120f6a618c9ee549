// When several people are all in their quiet hours, in words.

import Foundation
import Routing
import Testing

@testable import Settings

@Suite struct QuietTimesTests {
    private func person(_ from: Int, _ until: Int, _ zone: String? = nil) -> Person {
        Person(id: "p", timezone: zone, quietHours: QuietHours(from: from, until: until))
    }

    private func text(_ people: [Person], _ zone: String = "UTC") -> String? { QuietTimes(of: people, zone: zone)?.text }

    @Test func oneZoneIsToldInItsOwnTime() {
        #expect(text([person(1_320, 420), person(1_380, 360)]) == "every day between 23:00 and 06:00 (UTC)")
        #expect(
            text([person(1_320, 420, "Asia/Kolkata"), person(0, 1_439, "Asia/Kolkata")])
                == "every day between 00:00 and 07:00 and between 22:00 and 23:59 (Asia/Kolkata)")
    }

    @Test func severalZonesAreToldInTheRouters() {
        // Both put their clocks forward on the same night: the difference stays.
        #expect(
            text([person(1_320, 420, "Europe/London"), person(1_320, 420, "Europe/Berlin")], "Europe/London")
                == "every day between 22:00 and 06:00 (Europe/London)")
        // By UTC it does not.
        #expect(
            text([person(1_320, 420, "Europe/London"), person(1_320, 420, "Europe/Berlin")])
                == "in January between 22:00 and 06:00, in July between 21:00 and 05:00 (UTC)")
        // Only in summer.
        #expect(text([person(1_320, 420, "Europe/London"), person(780, 1_320)]) == "in July between 21:00 and 22:00 (UTC)")
    }

    @Test func somebodyIsAwake() {
        #expect(text([]) == nil)
        #expect(text([person(1_320, 420), Person(id: "awake")]) == nil)
        #expect(text([person(1_320, 420), person(420, 1_320)]) == nil)
        #expect(text([person(1_320, 420, "Asia/Tokyo"), person(1_320, 420, "America/New_York")]) == nil)
    }

    @Test func theWholeDay() {
        #expect(text([person(60, 60)]) == "at any time")
        #expect(text([person(60, 60), person(1_320, 420)]) == "every day between 22:00 and 07:00 (UTC)")
    }
}
