// tocsin verify

import ArgumentParser
import Ledger

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks the ledger: the file, and that every state is explained by an attempt.",
        discussion: """
            One line for each finding, and exit status 1 where there is any. A running router need not be stopped.

              tocsin verify
            """)

    @OptionGroup var option: ConfigOption

    func run() async throws {
        try await option.withLedger { ledger, configuration in
            let findings = try await ledger.verify()
            for finding in findings { Terminal.say(finding) }
            if !findings.isEmpty { throw failure("\(findings.count) findings in \(configuration.router.state)", Exit.no) }
            Terminal.say("The ledger is sound.")
        }
    }
}
