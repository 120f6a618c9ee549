// tocsin explain

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

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says who would be told of an event, and why; and why not.",
        discussion: """
            Every route with its verdict and the first condition that failed, and everybody who would be told, with \
            channel and address: at once, held until when, or kept back, and why; then the incident's clocks, and what time \
            alone will do. Nothing is sent and nothing is recorded. What is known of the incident, of silences, of \
            subscriptions and of what was sent is taken into account. With --at, ages, clocks, quiet hours and calendars are \
            those of that time. `-` reads the event from standard input.

              tocsin explain event.json
              tocsin explain --render --at 2026-11-24T03:58:00Z event.json
            """)

    @Argument(help: "A file with one event, or `-`.")
    var event: String

    @Option(help: "As if it were this time (RFC 3339).")
    var at: String?

    @Flag(help: "Show each message as it would go out.")
    var render = false

    @Flag(help: "One JSON object a line.")
    var json = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let setup = try loadSetup()
        let now = try time() ?? Date()
        let event = try readEvent(setup, now: now)
        let explanation = try await explain(event, setup, now: now)
        if json { ExplanationText.printJSON(explanation) } else { ExplanationText.print(explanation, file: self.event) }
        if explanation.rejection != nil { throw Exit.badData }
    }

    private func loadSetup() throws -> Setup {
        let configuration = try option.load()
        let (templates, problems) = TemplateLibrary.load(directory: configuration.router.templates)
        for problem in problems where problem.isError { Terminal.complain("\(problem.file): \(problem.message)") }
        return Self.setup(configuration, templates)
    }

    /// For a look at what would happen: nothing is sent with it.
    static func setup(_ configuration: RouterConfiguration, _ templates: TemplateLibrary) -> Setup {
        let channels = ChannelSet(configuration.channels, http: HTTPClient(), smtp: SMTPClient(), hostName: Host.name)
        return Setup(
            configuration: configuration, templates: templates, channels: channels,
            links: .preview(publicURL: configuration.router.publicURL))
    }

    private func time() throws -> Date? {
        guard let at else { return nil }
        guard let time = Timestamp.parse(at) else {
            throw usage("--at takes an RFC 3339 time, for instance 2026-11-24T03:58:00Z")
        }
        return time
    }

    private func readEvent(_ setup: Setup, now: Date) throws -> Event {
        let bytes: [UInt8]
        if event == "-" {
            bytes = Array(FileHandle.standardInput.readDataToEndOfFile())
        } else {
            guard let data = FileManager.default.contents(atPath: event) else {
                throw failure("there is no file \(event) that can be read", Exit.noInput)
            }
            bytes = Array(data)
        }
        let modified = (try? FileManager.default.attributesOfItem(atPath: event)[.modificationDate] as? Date) ?? now
        let name = event == "-" ? "standard input" : URL(fileURLWithPath: event).lastPathComponent
        let parser = EventParser(scale: setup.configuration.scale, allowsReservedTypes: true)
        do {
            return try parser.parse(bytes, origin: EventOrigin(file: name, modified: at == nil ? modified : now, size: bytes.count))
        } catch {
            throw failure("\(event): \(error)", Exit.badData)
        }
    }

    /// With what the ledger knows of the incident, of the event and of everything beside them; nothing where the router
    /// has not run yet.
    private func explain(_ event: Event, _ setup: Setup, now: Date) async throws -> Explanation {
        guard let ledger = try option.ledgerIfAny(setup.configuration) else {
            return try Explanation(event, known: nil, setup: setup, now: now, renders: render)
        }
        return try await option.closing(ledger) { [render] ledger in
            var incident: Incident?
            if let id = event.incident?.id { incident = try await ledger.incident(id) }
            let digest = try await ledger.digest(source: event.source, id: event.id)
            return try await ledger.surroundings { [incident] surroundings in
                try Explanation(
                    event, known: incident, recorded: digest, surroundings: surroundings, setup: setup, now: now, renders: render)
            }
        }
    }
}
