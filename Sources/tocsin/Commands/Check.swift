// tocsin check

import ArgumentParser
import Configuration
import Router

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists all mistakes and warnings of the configuration and its templates.",
        discussion: """
            One line each: FILE:LINE:COLUMN: error|warning: what is wrong, and what would be right. \
            Exit status 1 where there is an error (with --strict, or a warning).

              tocsin check
              tocsin check --strict routes.yaml.new
            """)

    @Argument(help: "The file to check.")
    var file: String?

    @Flag(help: "Warnings count as errors.")
    var strict = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let path = file ?? option.config
        try ConfigOption.mustExist(path)
        let check = ConfigurationCheck.run(path: path)
        let (notes, findings) = (check.diagnostics.filter { $0.severity == .note }, check.diagnostics.filter { $0.severity != .note })
        for problem in findings + notes { Terminal.say(Self.line(problem)) }
        let errors = check.errors.count
        let warnings = check.diagnostics.filter { $0.severity == .warning }.count
        if errors > 0 || (strict && warnings > 0) {
            throw failure("\(path): \(Self.count(errors, "error")), \(Self.count(warnings, "warning"))", Exit.no)
        }
        if Terminal.isInteractive {
            Terminal.say(Terminal.coloured("\(path) is good", .green) + (warnings > 0 ? " (\(Self.count(warnings, "warning")))" : ""))
        }
    }

    private static func line(_ problem: Diagnostic) -> String {
        let colour: Terminal.Colour =
            switch problem.severity {
            case .error: .red
            case .warning: .yellow
            case .note: .grey
            }
        return Terminal.coloured(Terminal.clean("\(problem)"), colour)
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
