// tocsin snooze: not until Monday.

import ArgumentParser
import Foundation
import Incidents
import JSON
import Ledger
import Router
import Routing
import Settings

struct SnoozeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snooze",
        abstract: "Leaves somebody alone until a time, but for what is urgent.",
        discussion: """
            Drops a `subscription` with `action: snooze` into the queue. What would be told meanwhile comes as one digest at the \
            end; urgent messages and the severities that wake people in quiet hours come through. Another snooze takes the place \
            of the one before. Without --until and --wake, says whether they are snoozed.

              tocsin snooze ana --until "mon 08:00"
              tocsin snooze ana --until 4h
              tocsin snooze ana --wake
            """)

    @Argument(help: "Who: as in `people` of routes.yaml, a mail address, or a number.")
    var name: String

    @Option(help: "Until when: \(WhenText.example), by their own clock.")
    var until: String?

    @Flag(help: "Ends it now: what waits comes at once.")
    var wake = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let configuration = try option.load()
        let who = try WhoArgument(name, configuration)
        if wake, until != nil { throw usage("--until and --wake are too much; name one of them") }
        let now = Date()
        if let until {
            let zone = who.zone(configuration)
            let end = try WhenText.coming(until, "--until", now: now, in: zone)
            try drop(["action": "snooze", "who": who.who.json, "until": .string(Timestamp.format(end))], configuration)
            Terminal.say(Terminal.clean("\(name) hears only what is urgent until \(Self.words(end, in: zone))."))
            return
        }
        var known: Snooze?
        if let ledger = try option.ledgerIfAny(configuration) {
            known = try await option.closing(ledger) { try await $0.snoozes() }
                .first { $0.who.compared == who.who.compared && $0.until > now }
        }
        guard let known else {
            Terminal.say(Terminal.clean("\(name) is not snoozed.\(wake ? " Nothing was dropped." : "")"))
            return
        }
        if wake {
            try drop(["action": "wake", "who": who.who.json], configuration)
            Terminal.say(Terminal.clean("\(name) hears everything again."))
        } else {
            Terminal.say(Terminal.clean("\(name) is snoozed until \(Self.words(known.until, in: who.zone(configuration)))."))
        }
    }

    private func drop(_ payload: [String: JSONValue], _ configuration: RouterConfiguration) throws {
        var event = EventDraft(type: EventType.subscription.rawValue)
        try event.set("subscription", .object(payload))
        try event.drop(into: configuration)
    }

    /// `Mon 30 Nov 08:00 (Europe/London)`.
    private static func words(_ date: Date, in zone: TimeZone) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_GB_POSIX")
        formatter.timeZone = zone
        formatter.dateFormat = "EEE d MMM HH:mm"
        return "\(formatter.string(from: date)) (\(zone.identifier))"
    }
}
