// The table: its bounds are kept, its defaults are those of the values, and the documentation is written from it.

import Foundation
import Incidents
import Testing

@testable import Settings

/// An option with bounds, how to write it, and where.
struct Bounded: Sendable, CustomTestStringConvertible {
    var path: String
    var good: [String]
    var bad: [String]
    var text: @Sendable (String) -> String

    var testDescription: String { path }
}

@Suite struct OptionTests {
    @Test func documentationIsCurrent() throws {
        let path = Place.root.appending(path: "docs/configuration.md").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == OptionTable.markdown, "write OptionTable.markdown to docs/configuration.md")
    }

    @Test func everyOptionHasAParent() {
        let paths = Set(OptionTable.options.map(\.path))
        for option in OptionTable.options where !option.parent.isEmpty {
            let parent = option.parent.hasSuffix(".*") ? String(option.parent.dropLast(2)) : option.parent
            #expect(paths.contains(parent.replacing("[]", with: "")) || paths.contains(dropLastBrackets(parent)), "\(option.path)")
        }
    }

    private func dropLastBrackets(_ path: String) -> String { path.hasSuffix("[]") ? String(path.dropLast(2)) : path }

    @Test func everyDefaultIsAValueOfItsType() {
        let context = ReadingContext(scale: .standard, channels: [])
        for option in OptionTable.options {
            guard let standard = option.standard, let scalar = option.type.scalar, !standard.contains(" "), standard != "route-N" else {
                continue
            }
            #expect(throws: Never.self) { try scalar.read(standard, context) }
        }
    }

    private static let router: @Sendable (String, String) -> String = { name, value in file(top: "router: {\(name): \(value)}") }
    private static let mail: @Sendable (String, String) -> String = { name, value in file(mail: ", \(name): \(value)") }
    private static let text: @Sendable (String, String) -> String = { name, value in file(sms: ", \(name): \(value)") }
    private static let route: @Sendable (String, String) -> String = { name, value in file(route: ", \(name): \(value)") }

    static let bounded: [Bounded] = [
        Bounded(path: "router.retain", good: ["1d", "3650d"], bad: ["23h", "3651d", "90"]) { router("retain", $0) },
        Bounded(path: "router.settle", good: ["1s", "1d"], bad: ["0s", "25h"]) { router("settle", $0) },
        Bounded(path: "router.late_after", good: ["1s", "30d"], bad: ["0s", "31d"]) { router("late_after", $0) },
        Bounded(path: "channels.*.timeout", good: ["1s", "5m"], bad: ["0s", "301s", "-1s", "1.5s"]) { mail("timeout", $0) },
        Bounded(path: "channels.*.concurrency", good: ["1", "64"], bad: ["0", "65", "four", "4.0"]) { mail("concurrency", $0) },
        Bounded(path: "channels.*.retry_for", good: ["1m", "30d"], bad: ["59s", "31d"]) { mail("retry_for", $0) },
        Bounded(path: "channels.*.unknown_resends", good: ["0", "20"], bad: ["-1", "21"]) { mail("unknown_resends", $0) },
        Bounded(path: "channels.*.fallback_after", good: ["1s", "1d", "{critical: 1s, low: 1d}"], bad: ["0s", "2d", "{critical: 0s}"]) {
            mail("fallback_after", $0)
        },
        Bounded(path: "channels.*.max_segments", good: ["1", "10"], bad: ["0", "11"]) { text("max_segments", $0) },
        Bounded(path: "channels.*.rate", good: ["1/s", "60/30s", "[4/s, 100/h]", "unlimited"], bad: ["0/s", "1", "1/0s", "fast", "1/x"]) {
            mail("rate", $0)
        },
        Bounded(path: "channels.*.on_unknown", good: ["resend", "hold", "HOLD"], bad: ["drop"]) { mail("on_unknown", $0) },
        Bounded(path: "channels.*.updates", good: ["thread", "in_place", "none"], bad: ["edit"]) { value in
            file(slack: ", updates: \(value)")
        },
        Bounded(path: "people.*.language", good: ["en", "pt-BR", "no", "zh-Hans"], bad: ["english", "EN", "e", "en_GB"]) { value in
            file(person: ", language: \(value)")
        },
        Bounded(
            path: "people.*.quiet_hours", good: ["\"22:00-07:00\"", "\"0:30-24:00\""],
            bad: ["\"22-7\"", "\"22:00-25:00\"", "\"24:00-07:00\""]
        ) {
            value in file(person: ", quiet_hours: \(value)")
        },
        Bounded(path: "people.*.timezone", good: ["Asia/Kolkata", "UTC"], bad: ["Kolkata", "+05:30", "EST5EDT", "../etc"]) { value in
            file(person: ", timezone: \(value)")
        },
        Bounded(path: "routes[].expire", good: ["1m", "365d"], bad: ["59s", "366d"]) { route("expire", $0) },
        Bounded(path: "routes[].retry_for", good: ["1m", "30d"], bad: ["59s", "31d"]) { route("retry_for", $0) },
        Bounded(path: "routes[].urgent", good: ["true", "no", "off", "Yes"], bad: ["1", "maybe"]) { route("urgent", $0) },
        Bounded(path: "routes[].template", good: ["breach", "sla_breach", "v1.2"], bad: ["../x", ".hidden", "a/b", "\"\""]) {
            route("template", $0)
        },
        Bounded(path: "routes[].throttle", good: ["5 per 10m", "1 per 1s"], bad: ["0 per 10m", "5 in 10m", "5 per 0s", "5 per 8d"]) {
            route("throttle", $0)
        },
        Bounded(path: "routes[].group.wait", good: ["{by: service, wait: 1s}", "{wait: 1d}"], bad: ["{wait: 0s}", "{wait: 2d}"]) {
            route("group", $0)
        },
        Bounded(path: "routes[].group.interval", good: ["{interval: 1s}", "{interval: 7d}"], bad: ["{interval: 0s}", "{interval: 8d}"]) {
            route("group", $0)
        },
        Bounded(path: "sla.*.warn_at", good: ["1%", "100%"], bad: ["0%", "101%", "75", "7.5%"]) { value in
            file(top: "sla: {critical: {resolve: 4h, warn_at: \(value)}}")
        },
        Bounded(path: "sla.*.acknowledge", good: ["1s", "365d"], bad: ["0s", "366d"]) { value in
            file(top: "sla: {low: {acknowledge: \(value)}}")
        },
        Bounded(path: "sla.*.resolve", good: ["1s", "365d"], bad: ["0s", "366d"]) { value in file(top: "sla: {low: {resolve: \(value)}}")
        },
        Bounded(path: "sla.*.update", good: ["1s", "365d"], bad: ["0s", "366d"]) { value in file(top: "sla: {low: {update: \(value)}}") },
        Bounded(path: "escalation.*.repeat.every", good: ["1s", "30d"], bad: ["0s", "31d"]) { value in
            file(top: "escalation: {a: {steps: [{after: 5m, to: ana}], repeat: {every: \(value), times: 1}}}")
        },
        Bounded(path: "escalation.*.repeat.times", good: ["1", "100"], bad: ["0", "101"]) { value in
            file(top: "escalation: {a: {steps: [{after: 5m, to: ana}], repeat: {every: 5m, times: \(value)}}}")
        },
        Bounded(path: "escalation.*.steps[].after", good: ["0s", "365d"], bad: ["366d", "soon"]) { value in
            file(top: "escalation: {a: {steps: [{after: \(value), to: ana}]}}")
        },
        Bounded(path: "routes[].repeat.every", good: ["{every: 1s}", "{every: 30d}"], bad: ["{every: 0s}", "{every: 31d}", "{}", "4h"]) {
            route("repeat", $0)
        },
        Bounded(path: "status_reports.*.every", good: ["1s", "30d"], bad: ["0s", "31d"]) { value in
            file(top: "status_reports: {low: {every: \(value), to: subscribers}}")
        },
        Bounded(
            path: "flap", good: ["3 in 30m", "1 in 1s", "1000 in 7d"], bad: ["3", "0 in 30m", "3 per 30m", "3 in 0s", "1001 in 1h", "{}"]
        ) {
            value in file(top: "flap: \(value)")
        },
        Bounded(path: "router.wake_for", good: ["critical", "p2", "none", "None"], bad: ["nobody", "[high]"]) { router("wake_for", $0) },
        Bounded(path: "broadcasts.approve_over", good: ["0", "1000000"], bad: ["-1", "1000001"]) { value in
            file(top: "broadcasts: {approve_over: \(value), approvers: [ana, ben]}", people: "ben: {email: ben@example.com}")
        },
        Bounded(path: "broadcasts.approve_within", good: ["1m", "30d"], bad: ["59s", "31d"]) { value in
            file(top: "broadcasts: {approve_within: \(value)}")
        },
        Bounded(
            path: "router.suppress_after", good: ["3 in 30d", "1 in 1s", "100 in 365d"], bad: ["0 in 1d", "101 in 1d", "3 in 366d", "3"]
        ) {
            router("suppress_after", $0)
        },
        Bounded(
            path: "people.*.limits.email", good: ["{email: 5 per 1d}"], bad: ["{email: 5}", "{email: 0 per 1d}", "{mail: 5 per 1d}", "5"]
        ) {
            value in file(person: ", limits: \(value)")
        },
        Bounded(path: "people.*.limits.sms", good: ["{sms: 1 per 1s}"], bad: ["{sms: 5 in 1d}"]) { value in
            file(person: ", limits: \(value)")
        },
        Bounded(path: "people.*.limits.slack", good: ["{slack: 1 per 7d}"], bad: ["{slack: 1 per 8d}"]) { value in
            file(person: ", slack: U0123456, limits: \(value)")
        },
        Bounded(
            path: "rotations.*.handover", good: ["\"mon 09:00\"", "\"9:00\"", "Friday 17:30"], bad: ["mon", "\"24:00\"", "\"x 09:00\""]
        ) {
            value in file(top: "rotations: {p: {people: ana, every: 2w, handover: \(value)}}", route: ", to: [ops, p]")
        },
        Bounded(path: "broadcasts.cooldown", good: ["0s", "7d"], bad: ["8d"]) { value in file(top: "broadcasts: {cooldown: \(value)}") },
        Bounded(path: "rotations.*.every", good: ["1h", "365d"], bad: ["59m", "366d"]) { value in
            file(top: "rotations: {p: {people: ana, every: \(value), handover: \"09:00\"}}", route: ", to: [ops, p]")
        },
        Bounded(path: "heartbeat.every", good: ["10s", "7d"], bad: ["9s", "8d"]) { value in
            file(top: "heartbeat: {every: \(value), to: ops}")
        },
        Bounded(path: "dead_man.*.after", good: ["1m", "365d"], bad: ["59s", "366d"]) { value in
            file(top: "dead_man: {backup: {match: {source: x}, after: \(value)}}")
        },
        Bounded(path: "http.session", good: ["1m", "30d"], bad: ["59s", "31d"]) { value in file(top: "http: {session: \(value)}") },
        Bounded(path: "http.acknowledge_within", good: ["1m", "30d"], bad: ["59s", "31d"]) { value in
            file(top: "http: {acknowledge_within: \(value)}")
        },
        Bounded(path: "http.connections_per_address", good: ["1", "65536"], bad: ["0", "65537", "all"]) { value in
            file(top: "http: {connections_per_address: \(value)}")
        },
        Bounded(path: "http.max_queue", good: ["1", "10000000"], bad: ["0", "10000001", "many"]) { value in
            file(top: "http: {max_queue: \(value)}")
        },
        Bounded(
            path: "http.listen", good: ["\"127.0.0.1:8080\"", "\"[::1]:0\"", "\"localhost:1\""],
            bad: ["\"8080\"", "\"127.0.0.1\"", "\"127.0.0.1:65536\""]
        ) {
            value in file(top: "http: {listen: \(value)}")
        },
        Bounded(path: "version", good: [], bad: ["2", "one", "\"\""]) { value in file().replacing("version: 1", with: "version: \(value)")
        },
        Bounded(path: "channels.*.request", good: ["[100, 599]"], bad: ["99", "600", "[200, x]"]) { value in
            """
            version: 1
            channels:
              g:
                type: sms
                gateway: http
                request: {method: POST, url: "https://sms.example.com", json: {to: "{{address}}", text: "{{text}}"}}
                success: {status: 202}
                retry: \(value)
              ops: {type: slack, webhook: "${env:SLACK}"}
            routes: [{name: all, to: ["g:+447700900123", ops]}]

            """
        },
    ]

    @Test(arguments: bounded) func boundsAreKept(option: Bounded) throws {
        for value in option.good { #expect(try load(option.text(value)).lines.filter { !$0.hasPrefix("note") } == [], "\(value)") }
        for value in option.bad { #expect(try load(option.text(value)).errors.count == 1, "\(value)") }
    }

    /// Every option of the table with bounds of its own is in the list above.
    @Test func everyBoundIsTested() {
        let tested = Set(Self.bounded.map(\.path)).union(["channels.*.success.status", "channels.*.retry"])
        for option in OptionTable.options {
            switch option.type.scalar {
            case .integer, .duration, .percentage, .throttle, .flap, .bounces, .severityOrNone, .weekTime:
                #expect(tested.contains(option.path), "\(option.path)")
            default: break
            }
        }
    }

    @Test(arguments: [
        ("90s", 90.0), ("5m", 300), ("4h", 14_400), ("3d", 259_200), ("1w", 604_800), ("1h30m", 5_400), ("1w1d1h1m1s", 694_861), ("0s", 0),
    ]) func durations(text: String, seconds: Double) {
        #expect(DurationText.parse(text) == seconds)
        #expect(DurationText.parse(DurationText.text(seconds)) == seconds)
    }

    @Test(arguments: ["", "5", "m", "5x", "5m5m", "30m1h", "1.5h", "-5m", "5 m", "99999999999s", "99999d", "٥m", "5m "]) func noDurations(
        text: String
    ) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test func durationsReadWell() {
        #expect(DurationText.text(5_400) == "1h30m")
        #expect(DurationText.text(604_800) == "1w")
        #expect(DurationText.text(90 * 86_400) == "90d")
        #expect(DurationText.text(0.2) == "0s")
        #expect(DurationText.text(.infinity) == "0s")
    }
}
