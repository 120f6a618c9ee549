// tocsin ping

import ArgumentParser
import Delivery
import Foundation
import Incidents
import JSON
import Ledger
import Rendering
import Router
import Routing
import Settings
import Transport

struct Ping: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends a test message to a person, a team or a channel, and says how it went.",
        discussion: """
            The message is marked as a test; it goes out now, past the queue, and is not recorded. Exit status 0 where \
            every one was accepted, 1 where one was refused or its outcome is not known, 69 where a peer is unavailable.

              tocsin ping ops-slack
              tocsin ping duty-engineer via sms
              tocsin ping mail:somebody@example.com
            """)

    @Argument(help: "NAME, NAME via CHANNEL, or CHANNEL:ADDRESS.")
    var recipient: [String]

    @OptionGroup var option: ConfigOption

    func run() async throws {
        if recipient.count > 1, !(recipient.count == 3 && recipient[1].lowercased() == "via") {
            throw usage("ping takes one recipient at a time: NAME, or NAME via CHANNEL")
        }
        let configuration = try option.load(placeholderSecrets: false)
        let directory = configuration.table.directory
        let entry: RecipientEntry
        do {
            entry = try RecipientEntry.parse(recipient.joined(separator: " "), channels: Set(directory.channels.keys))
        } catch {
            throw failure(error.message, Exit.no)
        }
        var absences: [Absence] = []
        if let ledger = try option.ledgerIfAny(configuration) { absences = try await option.closing(ledger) { try await $0.absences() } }
        let presence = configuration.table.presence(absences: absences, now: Date())
        let (reached, unreached) = directory.resolve(entry, incident: nil, severity: nil, presence: presence)
        for one in unreached { Terminal.complain("\(one.entry): \(one.reason)") }
        if reached.isEmpty { throw failure("`\(entry.text)` reaches nobody", Exit.no) }

        let http = HTTPClient()
        let smtp = SMTPClient()
        let channels = ChannelSet(configuration.channels, http: http, smtp: smtp, hostName: Host.name)
        let templates = TemplateLibrary.load(directory: configuration.router.templates).library
        var worst: ExitCode?
        for one in reached {
            guard let channel = channels[one.channel.name] else { continue }
            let started = Date()
            let report = await channel.deliver(Self.parcel(for: one, entry: entry, templates: templates, configuration))
            let spent = Int(Date().timeIntervalSince(started) * 1000)
            let code = Self.show(report, to: one, milliseconds: spent)
            if let code, worst == nil || code == Exit.no { worst = code }
        }
        await http.close()
        await smtp.close()
        if let worst { throw worst }
    }

    private static func parcel(
        for one: Resolved, entry: RecipientEntry, templates: TemplateLibrary, _ configuration: RouterConfiguration
    ) -> Parcel {
        let now = Date()
        let token = UUID().uuidString.lowercased()
        let text = "This is a test of the way to you, sent with `tocsin ping \(entry.text)` by \(NSUserName()). Nothing has happened."
        let event = Event(
            id: token, source: "tocsin-cli", type: .operations, time: now, message: text,
            document: ["type": "operations", "id": .string(token), "message": .string(text), "source": "tocsin-cli"])
        let settings = configuration.channels.first { $0.name == one.channel.name }
        let message = templates.render(
            RenderRequest(
                kind: one.channel.kind, template: "ping", language: one.person?.language,
                timezone: one.person?.timezone ?? configuration.router.timezone, event: event, incident: nil, severity: nil,
                recipient: one.person?.displayName ?? one.recipient, routes: ["ping"], delivery: "test", channel: one.channel.name,
                now: now, maximumSegments: settings?.maximumSegments ?? 3))
        return Parcel(token: token, address: one.address, message: message, incident: nil, isFirst: true, date: now)
    }

    /// - Returns: the exit status that this outcome asks for.
    private static func show(_ report: AttemptReport, to one: Resolved, milliseconds: Int) -> ExitCode? {
        let to = "\(one.recipient) by \(one.channel.name)"
        let seen = [report.code, report.detail].compactMap { $0 }.joined(separator: ": ")
        switch report.outcome {
        case .accepted(let id):
            Terminal.say(
                "\(Terminal.coloured("accepted", .green))  \(to) in \(milliseconds) ms\(id.map { ", id \(Terminal.clean($0))" } ?? "")")
            return nil
        case .deferred(let reason, let after):
            let wait = after.map { "; it asks to wait \(Amount.time($0))" } ?? ""
            Terminal.say("\(Terminal.coloured("deferred", .yellow))  \(to): \(reason.rawValue) \(Terminal.clean(seen))\(wait)")
            return Exit.unavailable
        case .refused(let reason):
            Terminal.say("\(Terminal.coloured("refused", .red))   \(to): \(reason.rawValue) \(Terminal.clean(seen))")
            return Exit.no
        case .unknown(let reason):
            Terminal.say(
                "\(Terminal.coloured("unknown", .yellow))   \(to): sent, but there was no answer: \(reason.rawValue) \(Terminal.clean(seen))"
            )
            return Exit.no
        }
    }
}
