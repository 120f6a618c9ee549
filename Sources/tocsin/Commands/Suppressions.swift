// tocsin suppressions: the addresses to which nothing is sent any more.

import ArgumentParser
import Foundation
import Incidents
import JSON
import Ledger
import Routing
import Settings

struct Suppressions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the addresses to which nothing is sent: since when and why; and those from which mail came back.",
        discussion: """
            An address is suppressed when its owner says stop, when the provider says that they opted out, when mail to it came back \
            too often, or by `add`. Nothing goes to it then, whatever routes.yaml says, until it is lifted. See docs/leaving.md.

              tocsin suppressions
              tocsin suppressions add ana@example.com --reason "left the company"
              tocsin suppressions lift +447700900123 --reason "texted START"
            """,
        subcommands: [SuppressionList.self, SuppressionAdd.self, SuppressionLift.self], defaultSubcommand: SuppressionList.self)
}

struct SuppressionList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists them.")

    @Flag(help: "One JSON object a line.")
    var json = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        try await option.withLedger { ledger, configuration in
            let blocks = try await ledger.blocks()
            let rule = configuration.table.people.bounces
            if json {
                for block in blocks { Terminal.say(Self.line(block).text) }
            } else if blocks.isEmpty {
                Terminal.say("No address is suppressed, and no mail has come back.")
            } else {
                Self.table(blocks, rule, now: Date()).show()
            }
        }
    }

    private static func table(_ blocks: [AddressBlock], _ rule: BounceRule, now: Date) -> Table {
        var table = Table([
            .name("ADDRESS"), .init("KIND"), Moment.column("SINCE", now: now), .init("CAUSE"), .init("BOUNCES"),
            .init("WHY", shrinks: true),
        ])
        for block in blocks {
            let since = block.since.map { Moment.cell($0, now: now) } ?? "not yet"
            let bounces =
                block.bounces.isEmpty ? "–" : block.isSuppressed ? "\(block.bounces.count)" : "\(block.bounces.count) of \(rule.count)"
            let cause =
                switch block.cause {
                case .stop: "stop"
                case .optedOut: "opted out"
                case .bounces: "bounces"
                case .byOperator: block.by.map { "by \($0)" } ?? "an operator"
                }
            table.add([
                .init(block.address), .init(block.kind.rawValue), .init(since, block.isSuppressed ? nil : .grey), .init(cause),
                .init(bounces), .init(block.reason ?? "–"),
            ])
        }
        return table
    }

    private static func line(_ block: AddressBlock) -> JSONLine {
        JSONLine([
            "address": .string(block.address), "kind": .string(block.kind.rawValue), "suppressed": .bool(block.isSuppressed),
            "since": block.since.map { .string(Timestamp.format($0)) } ?? .null, "cause": .string(block.cause.rawValue),
            "reason": block.reason.map(JSONValue.string) ?? .null, "by": block.by.map(JSONValue.string) ?? .null,
            "bounces": .array(block.bounces.map { .string(Timestamp.format($0)) }),
        ])
    }
}

struct SuppressionAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Suppresses an address.")

    @Argument(help: "A mail address, or a number in the international form: +447700900123.")
    var address: String

    @Option(help: "Why, for whoever looks later.")
    var reason: String

    @Option(help: "Who says so. (default: you)")
    var by: String?

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let configuration = try option.load()
        try SuppressionChange(action: "stop", address: address, reason: reason, by: by ?? NSUserName()).drop(into: configuration)
    }
}

struct SuppressionLift: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift", abstract: "Lets an address be written to again, and forgets its bounces.")

    @Argument(help: "The address, as listed.")
    var address: String

    @Option(help: "Why, for whoever looks later: for instance that its owner asked.")
    var reason: String

    @Option(help: "Who says so. (default: you)")
    var by: String?

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let configuration = try option.load()
        let change = try SuppressionChange(action: "start", address: address, reason: reason, by: by ?? NSUserName())
        var known: [AddressBlock] = []
        if let ledger = try option.ledgerIfAny(configuration) { known = try await option.closing(ledger) { try await $0.blocks() } }
        let wanted = AddressBlock.compared(change.address, change.kind)
        guard known.contains(where: { $0.kind == change.kind && $0.address == wanted }) else {
            let near = Suggestion.clause(for: wanted, among: known.map(\.address))
            throw failure("nothing is known against \(address)\(near)", Exit.no)
        }
        try change.drop(into: configuration)
    }
}

/// An event about one address.
private struct SuppressionChange {
    let kind: ChannelKind
    let address: String
    private let action: String
    private let reason: String
    private let by: String

    init(action: String, address: String, reason: String, by: String) throws {
        let text = address.trimmingCharacters(in: .whitespaces)
        if text.contains("@") {
            (kind, self.address) = (.email, text)
        } else if text.hasPrefix("+"), text.dropFirst().allSatisfy({ $0.isASCII && ($0.isNumber || " -()".contains($0)) }) {
            (kind, self.address) = (.sms, String(text.filter { !" -()".contains($0) }))
        } else {
            throw usage("`\(address)` is neither a mail address nor a number in the international form (+447700900123)")
        }
        if reason.trimmingCharacters(in: .whitespaces).isEmpty { throw usage("--reason is empty: say why, for whoever looks later") }
        (self.action, self.reason, self.by) = (action, reason, by)
    }

    func drop(into configuration: RouterConfiguration) throws {
        var event = EventDraft(type: EventType.subscription.rawValue)
        try event.set(
            "subscription",
            ["action": .string(action), "who": [kind.rawValue: .string(address)], "reason": .string(reason), "by": .string(by)])
        Terminal.say(try event.drop(into: configuration))
    }
}
