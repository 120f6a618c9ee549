// tocsin send: events made by hand. They are dropped into the queue like everybody else's.

import ArgumentParser
import Incidents
import JSON

struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes an event and drops it into the queue; prints its id.",
        discussion: """
            --set takes any member by its path (`change.from`, `incident.labels.region`); any other path is a member of the incident.

              tocsin send escalation --incident INC1 --severity high --title Down
              tocsin send status_change --incident INC1 --status resolved --by ana
              tocsin send update --incident INC1 --message "Failover has begun"
            """)

    @Argument(help: "escalation, status_change, severity_change, assignment, update, ...")
    var type: String

    @Option(help: "The incident's id.")
    var incident: String?

    @Option(help: "The severity, by name or alias.")
    var severity: String?

    @Option(help: "The incident's title.")
    var title: String?

    @Option(help: "The incident's status.")
    var status: String?

    @Option(help: "What is worth telling.")
    var message: String?

    @Option(help: "Who is behind the change.")
    var by: String?

    @Option(help: "Why.")
    var reason: String?

    @Option(name: .customLong("set"), help: ArgumentHelp("Any member.", valueName: "path=value"))
    var members: [String] = []

    @OptionGroup var option: ConfigOption

    func run() async throws {
        // A mistake in routes.yaml must not swallow what a script has to say: where the queue is, is all that is needed.
        let configuration = try option.load(lenient: true, remark: ConfigOption.isDropped)
        var event = EventDraft(type: type)
        for (path, value) in [
            ("incident.id", incident), ("incident.severity", severity), ("incident.title", title), ("incident.status", status),
            ("message", message), ("change.by", by), ("change.reason", reason),
        ] {
            if let value { try event.set(path, .string(value)) }
        }
        for member in members { try event.set(assignment: member) }
        if type.lowercased() == EventType.acknowledgement.rawValue, let incident { _ = try await option.known(incident, configuration) }
        // Before the router takes it, and the incident is known.
        if let parsed = try event.checked(configuration) {
            await SendHints(event: parsed, configuration: configuration).say(option)
        } else {
            Terminal.complain("its severity cannot be checked before \(option.config) is mended; the router decides")
        }
        Terminal.say(try event.drop(into: configuration))
    }
}
