// tocsin sandbox

import ArgumentParser
import Foundation
import Glibc
import JSON
import Router
import Sandbox

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Runs local Slack, Teams, SMTP and SMS receivers, and prints what they receive.",
        discussion: """
            They check what they get as strictly as the providers do, and answer with the providers' own errors. Point \
            the channels of a configuration at the addresses printed at the start; the last word of a webhook's address is \
            up to you. Faults can be asked for:

              tocsin sandbox --http-port 8025 --smtp-port 2525
              curl -X POST localhost:8025/_faults -d '{"receiver": "slack", "status": 429, "retry_after": 30, "times": 3}'
              curl -X POST localhost:8025/_faults \
                -d '{"receiver": "slack_api", "channel": "chat.update", "fault": "error", "error": "edit_window_closed"}'
              curl localhost:8025/_inbox
              curl localhost:8025/_threads
            """)

    @Option(help: "The port for Slack, Teams and SMS; 0 takes a free one.")
    var httpPort = 0

    @Option(help: "The port for SMTP; 0 takes a free one.")
    var smtpPort = 0

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() async throws {
        var options = SandboxOptions()
        options.httpPort = httpPort
        options.smtpPort = smtpPort
        let sandbox = try await Receivers.start(options)
        let endpoints = sandbox.endpoints
        let addresses: [(String, String)] = [
            ("slack_webhook", endpoints.slackWebhook + "/ops"), ("slack_api", endpoints.slackAPI), ("teams", endpoints.teams + "/ops"),
            ("smtp", "smtp://\(endpoints.smtpHost):\(endpoints.smtpPort)"), ("twilio", endpoints.twilio), ("gateway", endpoints.gateway),
            ("ca", endpoints.ca ?? ""),
        ]
        if json {
            var line = JSONLine()
            for (name, address) in addresses { line.add(name, .string(address)) }
            Terminal.say(line.text)
        } else {
            for (name, address) in addresses { Terminal.say("\(name): \(address)") }
        }
        let printer = Task { await Receivers.printArrivals(of: sandbox, json: json) }
        await Signals.stop()
        printer.cancel()
        await sandbox.stop()
    }
}

/// The receivers, as the commands use them.
enum Receivers {
    static func start(_ options: SandboxOptions) async throws -> Sandbox {
        do {
            return try await Sandbox.start(options)
        } catch {
            throw failure("the local receivers cannot start: \(error)", Exit.unavailable)
        }
    }

    static func printArrivals(of sandbox: Sandbox, json: Bool = false) async {
        for await message in sandbox.inbox.stream() {
            if json {
                Terminal.say(message.json.text)
            } else if message.thread != nil, let thread = sandbox.inbox.slackThread(of: message) {
                // As people see it: the first message as it stands now, and what was said below it.
                Terminal.say(Terminal.clean(thread.card(width: min(Terminal.width ?? 100, 100)), keepLines: true))
            } else {
                Terminal.say(Terminal.clean(message.card(width: min(Terminal.width ?? 100, 100)), keepLines: true))
            }
        }
    }
}

enum Signals {
    /// Returns at SIGTERM or SIGINT.
    static func stop() async {
        signal(SIGTERM, SIG_IGN)
        signal(SIGINT, SIG_IGN)
        let stream = AsyncStream<Void> { continuation in
            let sources = [SIGTERM, SIGINT].map { SignalSource($0) { continuation.yield() } }
            continuation.onTermination = { _ in sources.forEach { $0.cancel() } }
        }
        for await _ in stream { return }
    }
}
