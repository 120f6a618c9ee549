// tocsin dead, tocsin dead show, tocsin dead retry, tocsin dead drop

import ArgumentParser
import Foundation
import Ledger
import Router

struct Dead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists deliveries that were given up, and those of unknown outcome; tries them again, or puts them aside.",
        discussion: """
              tocsin dead
              tocsin dead show 17
              tocsin dead retry 17 18
              tocsin dead drop 17 --reason "told by phone"
            """,
        subcommands: [Show.self, Retry.self, Drop.self])

    @Flag(help: "One JSON object a line.")
    var json = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        try await option.withLedger { ledger, _ in
            let rows = try await ledger.deliveries(DeliveryFilter(needsMending: true))
            if json {
                for row in rows { Terminal.say(DeliveryFacts.line(row).text) }
            } else if rows.isEmpty {
                Terminal.say("Nothing is dead.")
            } else {
                DeliveryText.table(rows).show()
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one of them: why, the message, and every attempt; the same as `tocsin deliveries show`.",
            discussion: "  tocsin dead show 17")

        @Argument(help: "The delivery's id.")
        var id: Int64

        /// `--json` is the list's as well, which sees it first.
        @ParentCommand var list: Dead

        @OptionGroup var option: ConfigOption

        func run() async throws { try await DeliveryText.show(id, asJSON: list.json, option) }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tries dead deliveries again, from the start.",
            discussion: """
                A running router takes them up within a second; otherwise the next run does.

                  tocsin dead retry 17 18
                  tocsin dead retry --all
                """)

        @Argument(help: "Ids, as `tocsin dead` lists them.")
        var ids: [Int64] = []

        @Flag(help: "All that are listed.")
        var all = false

        @OptionGroup var option: ConfigOption

        func validate() throws {
            if ids.isEmpty != all { throw ValidationError("name the deliveries, or say --all") }
        }

        func run() async throws {
            try await option.withLedger(readOnly: false) { ledger, _ in
                let done = try await ledger.retryDead(all ? nil : ids, now: Date())
                try await Dead.report(done, of: ids, in: ledger, "will be tried again")
            }
        }
    }

    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts dead deliveries aside for good; they stay in the ledger with the reason.",
            discussion: "  tocsin dead drop 17 --reason \"told by phone\"")

        @Argument(help: "Ids, as `tocsin dead` lists them.")
        var ids: [Int64]

        @Option(help: "Why; it is kept.")
        var reason: String

        @OptionGroup var option: ConfigOption

        func run() async throws {
            try await option.withLedger(readOnly: false) { ledger, _ in
                let done = try await ledger.dropDead(ids, reason: reason, now: Date())
                try await Dead.report(done, of: ids, in: ledger, "put aside")
            }
        }
    }

    private static func report(_ done: [Int64], of wanted: [Int64], in ledger: LedgerStore, _ verb: String) async throws {
        Terminal.say("\(done.count) \(verb)")
        let left = wanted.filter { !done.contains($0) }
        if left.isEmpty { return }
        let known = try await ledger.deliveryStates(left)
        for id in left {
            guard let found = known[id] else {
                Terminal.complain("there is no delivery \(id)")
                continue
            }
            Terminal.complain(found.isDropped ? "\(id) was put aside for good" : "\(id) is \(found.state.rawValue), so it was left alone")
        }
        throw Exit.no
    }
}
