// The router's own messages on standard error: one line each, for people or for programs.

import ArgumentParser
import Foundation
import Glibc
import Incidents
import JSON
import Logging
import Synchronization

/// How the router's own messages are written.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    /// A line, with what a person needs first.
    case text
    /// A JSON object a line.
    case json

    /// As the environment says (`TOCSIN_LOG_FORMAT`), where the command line does not.
    static func inEnvironment(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> LogFormat? {
        environment["TOCSIN_LOG_FORMAT"].flatMap { LogFormat(rawValue: $0.lowercased()) }
    }
}

enum Log {
    private static let chosen = Mutex(LogFormat.text)

    /// In which the program speaks of its own work.
    static var format: LogFormat { chosen.withLock { $0 } }

    static func start(_ format: LogFormat = .text) -> Logger {
        chosen.withLock { $0 = format }
        switch format {
        case .text: LoggingSystem.bootstrap { _ in LineLog() }
        case .json: LoggingSystem.bootstrap { _ in JSONLog() }
        }
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

/// `{"code":"not_json","file":"x.json","level":"warning","message":"rejected","time":"2026-11-24T03:58:00Z"}`
struct JSONLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        Terminal.complain(Self.line(event.level, "\(event.message)", all, time: Date()), prefix: "")
    }

    /// What the metadata calls `time`, `level` or `message` gets `_` behind its name: those three are the line's own.
    static func line(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata, time: Date) -> String {
        var members: [String: JSONValue] = [:]
        for (key, value) in metadata { members[["time", "level", "message"].contains(key) ? key + "_" : key] = json(value) }
        members["time"] = .string(Timestamp.format(time))
        members["level"] = .string(level.rawValue)
        members["message"] = .string(message)
        return String(decoding: JSONValue.object(members).bytes, as: UTF8.self)
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string(value.description)
        case .dictionary(let members): .object(members.mapValues(json))
        case .array(let values): .array(values.map(json))
        @unknown default: .string("\(value)")
        }
    }
}
