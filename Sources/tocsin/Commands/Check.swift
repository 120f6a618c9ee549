// tocsin check

import ArgumentParser
import Router
import Settings

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists all mistakes and warnings of the configuration and its templates.",
        discussion: """
            One line each: FILE:LINE:COLUMN: error|warning: what is wrong, and what would be right. \
            Exit status 1 where there is an error (with --strict, or a warning).

              tocsin check
              tocsin check --strict routes.yaml.new
              tocsin check --cost

            With --cost, it also lists how many SMS segments each template takes with data as it usually is.
            """)

    @Argument(help: "The file to check.")
    var file: String?

    @Flag(help: "Warnings count as errors.")
    var strict = false

    @Flag(help: "List the cost of each template in SMS segments.")
    var cost = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let path = file ?? option.config
        try ConfigOption.mustExist(path)
        var check = ConfigurationCheck.run(path: path)
        let costs = check.templateCosts()
        check.diagnostics += check.costWarnings(costs)
        let (notes, findings) = (check.diagnostics.filter { $0.severity == .note }, check.diagnostics.filter { $0.severity != .note })
        for problem in findings + notes { Terminal.say(Self.line(problem)) }
        if cost { Self.show(costs) }
        let errors = check.errors.count
        let warnings = check.diagnostics.filter { $0.severity == .warning }.count
        if errors > 0 || (strict && warnings > 0) {
            throw failure("\(path): \(Self.count(errors, "error")), \(Self.count(warnings, "warning"))", Exit.no)
        }
        if Terminal.isInteractive {
            Terminal.say(Terminal.coloured("\(path) is good", .green) + (warnings > 0 ? " (\(Self.count(warnings, "warning")))" : ""))
        }
    }

    private static func show(_ costs: [TemplateCost]) {
        if costs.isEmpty { return Terminal.say("nothing is sent by SMS: there is no channel of type `sms`, or the file has errors") }
        var table = Table([
            .name("TEMPLATE"), .init("LANGUAGE"), .init("SEGMENTS"), .init("ALPHABET"), .init("LENGTH"),
            .init("TEXT", shrinks: true, most: .max),
        ])
        for cost in costs {
            table.add([
                .init(cost.template), .init(cost.language ?? "(default)"), .init("\(cost.segments)", cost.exceeds ? .yellow : nil),
                .init(cost.encoding.words), .init("\(cost.length)"), .init(cost.text.replacing("\n", with: " ")),
            ])
        }
        table.show()
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
