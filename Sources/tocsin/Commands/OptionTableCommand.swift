// tocsin option-table: how docs/configuration.md is written; not shown in the help.

import ArgumentParser
import Settings

struct OptionTableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "option-table", abstract: "Prints the reference of routes.yaml in Markdown.", shouldDisplay: false)

    func run() { Terminal.say(OptionTable.markdown.trimmingCharacters(in: .newlines)) }
}
