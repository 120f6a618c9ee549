// One look at a page, apart from HTTP: the same for all who have the same path, language and rights, so that one rendering
// serves everybody who looks at it live.

import Foundation
import Hummingbird
import Ledger
import Router

/// What a page is made from.
struct PageRequest: Sendable {
    let house: House
    /// With which configuration it is made, from its beginning to its end.
    let setup: Setup
    let path: String
    /// The members of the query; of those that are given twice, the first.
    let query: [String: String]
    /// What stands for `{name}` in the pattern, decoded.
    var parameters: [String: String]
    let words: Words
    /// Whether whoever looks may change things: only then are there buttons.
    let mayOperate: Bool
    /// Who looks, as events name them: on pages that differ by it (`LiveKey.by`); else nil where they are made for several.
    let by: String?
    let now: Date
    /// Times are written out, because the script makes them relative: so that nothing differs only because time went by.
    let isLive: Bool

    /// As it stands now.
    init(
        house: House, path: String, query: [String: String], words: Words, mayOperate: Bool, by: String? = nil, isLive: Bool = false,
        now: Date? = nil
    ) {
        self.house = house
        setup = house.setup.value
        self.path = path
        self.query = query
        parameters = [:]
        self.words = words
        self.mayOperate = mayOperate
        self.by = by
        self.now = now ?? house.clock()
        self.isLive = isLive
    }

    var ledger: LedgerStore { house.ledger }

    /// A member of the query without blanks around it; nil where it is empty or not there.
    func asked(_ name: String) -> String? {
        guard let text = query[name]?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty else { return nil }
        return String(text.prefix(200))
    }

    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// The time zone in which times are written out.
    var zone: TimeZone { TimeZone(identifier: setup.configuration.router.timezone) ?? .gmt }

    /// A moment: relative to now, and in full where one points at it.
    func time(_ date: Date?) -> HTML {
        guard let date else { return .empty }
        let full = Self.full(date, in: zone)
        return .element(
            .time, [.datetime: Self.machine(date), .title: full, .dataRelative: ""],
            HTML(isLive ? full : words.relative(date, now: now)))
    }

    /// A moment, written out.
    func moment(_ date: Date?) -> HTML {
        guard let date else { return .empty }
        let full = Self.full(date, in: zone)
        return .element(.time, [.datetime: Self.machine(date), .title: full], HTML(full))
    }

    /// `2026-11-24 03:58:00 GMT`: with the zone, as everywhere.
    static func full(_ date: Date, in zone: TimeZone) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func two(_ number: Int?) -> String { (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
        let offset = zone.secondsFromGMT(for: date)
        let name =
            offset == 0 ? "UTC" : "UTC\(offset < 0 ? "−" : "+")\(two(abs(offset) / 3_600)):\(two(abs(offset) % 3_600 / 60))"
        return
            "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day)) \(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) \(name)"
    }

    private static func machine(_ date: Date) -> String {
        full(date, in: .gmt).replacing(" UTC", with: "Z").replacing(" ", with: "T")
    }
}

/// A page: what stands between its head and its foot.
struct Page: Sendable {
    var title: String
    var body: HTML
    var status: HTTPResponse.Status
    /// It is kept up to date where scripts run. Forms in which somebody writes much are better not.
    var isLive: Bool

    init(title: String, body: HTML, status: HTTPResponse.Status = .ok, isLive: Bool = true) {
        self.title = title
        self.body = body
        self.status = status
        self.isLive = isLive
    }
}

/// An answer that is no page of its own: thrown by what makes a page or takes a form, and shown in the page's frame.
struct PageFault: Error {
    var status: HTTPResponse.Status
    /// For people, in their language.
    var message: String
    /// A page that goes on from here; nil: none in particular.
    var back: String?

    init(_ status: HTTPResponse.Status, _ message: String, back: String? = nil) {
        self.status = status
        self.message = message
        self.back = back
    }
}
