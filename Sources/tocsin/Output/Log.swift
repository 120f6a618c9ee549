// The router's own messages: one line each on standard error, with what a person needs first.

import Foundation
import Glibc
import Incidents
import Logging

enum Log {
    static func start() -> Logger {
        LoggingSystem.bootstrap { _ in LineLog() }
        signal(SIGPIPE, SIG_IGN)
        return Logger(label: "tocsin")
    }
}

/// `2026-11-24T03:58:00Z warning: rejected code=not_json file=x.json`
struct LineLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = "\(Timestamp.format(Date())) \(event.level): \(event.message)"
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        for key in all.keys.sorted() { line += " \(key)=\(Self.quoted("\(all[key] ?? "")"))" }
        Terminal.complain(Terminal.clean(line), prefix: "")
    }

    private static func quoted(_ value: String) -> String {
        value.contains(where: { $0 == " " || $0 == "\"" }) || value.isEmpty ? "\"\(value.replacing("\"", with: "\\\""))\"" : value
    }
}
