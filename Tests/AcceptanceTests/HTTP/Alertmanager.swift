// Debian's Alertmanager, as one who monitors has it: with a webhook to the router.

import Foundation
import Glibc

/// A running Alertmanager that groups nothing and waits for nothing. It tells its receiver of each change within a second or two.
final class Alertmanager: Sendable {
    private let server: RunningProgram
    private let folder: TemporaryFolder
    private let url: String

    static let isThere = ["prometheus-alertmanager", "amtool"].allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }

    /// - Parameters:
    ///   - port: of the router that it tells.
    ///   - token: with which it does so.
    init(tells port: Int, token: String) async throws {
        folder = try TemporaryFolder()
        try folder.write(token + "\n", to: "tocsin.token", mode: 0o600)
        try folder.write(
            """
            receivers:
              - name: tocsin
                webhook_configs:
                  - url: http://127.0.0.1:\(port)/v1/intake/alertmanager
                    send_resolved: true
                    http_config:
                      authorization: {type: Bearer, credentials_file: \(folder.path)/tocsin.token}
            route: {receiver: tocsin, group_wait: 0s, group_interval: 1s, repeat_interval: 4h}
            """, to: "alertmanager.yml")
        let own = try freePorts(1)[0]
        url = "http://127.0.0.1:\(own)"
        server = try RunningProgram(
            "/usr/bin/prometheus-alertmanager",
            [
                "--config.file=\(folder.path)/alertmanager.yml", "--storage.path=\(folder.path)/data",
                "--web.listen-address=127.0.0.1:\(own)", "--web.external-url=\(url)", "--cluster.listen-address=",
            ], in: folder.path)
        let server = server
        try await eventually("Alertmanager listens: \(server.errors)") { isListening(own) }
    }

    /// What it has written to its log.
    var log: String { server.errors + server.output }

    /// Fires an alert; with `end`, tells it that it is over since then.
    ///
    /// - Parameters:
    ///   - labels: `name=value` each.
    ///   - summary: its annotation.
    func alert(_ labels: [String], summary: String, end: Date? = nil) async throws {
        var arguments = ["alert", "add"] + labels + ["--annotation=summary=\(summary)", "--alertmanager.url=\(url)"]
        if let end { arguments.append("--end=\(Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(end))") }
        let amtool = try RunningProgram("/usr/bin/amtool", arguments, in: folder.path)
        guard await amtool.wait() == 0 else { throw ProgramFailed(description: "amtool: \(amtool.output)\(amtool.errors)") }
    }

    func stop() async {
        // It holds nothing that a graceful end would save.
        server.send(SIGKILL)
        _ = await server.wait()
    }
}
