// tocsin rejected, tocsin requeue

import ArgumentParser
import Foundation
import Incidents
import JSON
import Settings
import Spool

struct Rejected: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists files that could not be accepted, and why.",
        discussion: """
            They lie in rejected/ within the queue, each with its reason beside it. Mend them there, then `tocsin requeue`.

              tocsin rejected
              tocsin rejected --json
            """)

    @Flag(help: "One JSON object a line.")
    var json = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let configuration = try option.load(lenient: true)
        var files: [RejectedFile] = []
        do {
            files = try RejectedFiles.list(queue: configuration.router.queue)
        } catch {
            if error.code != .notFound { throw failure(error.message, Exit.io) }
        }
        if json {
            for file in files { Terminal.say(Self.line(file).text) }
            return
        }
        if files.isEmpty {
            Terminal.say("No file was rejected.")
            return
        }
        var table = Table([.name("FILE", shrinks: true), Moment.column("WHEN"), .init("CODE"), .init("WHERE")])
        for file in files {
            let place = file.line.map { "line \($0)" } ?? file.pointer ?? ""
            table.add(
                [
                    .init(file.name), .init(file.at.map { Moment.cell($0) } ?? "–"), .init(file.code ?? "–", .yellow), .init(place),
                ], note: file.message ?? "there is no reason beside it")
        }
        table.show()
    }

    private static func line(_ file: RejectedFile) -> JSONLine {
        JSONLine([
            "file": .string(file.name), "code": file.code.map(JSONValue.string) ?? .null,
            "message": file.message.map(JSONValue.string) ?? .null, "line": file.line.map(JSONValue.integer) ?? .null,
            "column": file.column.map(JSONValue.integer) ?? .null, "pointer": file.pointer.map(JSONValue.string) ?? .null,
            "at": file.at.map { .string(Timestamp.format($0)) } ?? .null, "size": .integer(file.size),
        ])
    }
}

struct Requeue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts rejected files back into the queue.",
        discussion: """
            What was rejected because its id was seen before (`id_conflict`) stays until it has been changed, and the status is 1.

              tocsin requeue x.json
              tocsin requeue --all
            """)

    @Argument(help: "Names, as `tocsin rejected` lists them.")
    var names: [String] = []

    @Flag(help: "All that are listed.")
    var all = false

    @OptionGroup var option: ConfigOption

    func validate() throws {
        if names.isEmpty != all { throw ValidationError("name the files, or say --all") }
    }

    func run() async throws {
        let queue = try option.load(lenient: true).router.queue
        let isAll: Bool
        do {
            let wanted = all ? try RejectedFiles.list(queue: queue).map(\.name) : names
            let hopeless = try RejectedFiles.conflicting(queue: queue, names: wanted)
            for file in try RejectedFiles.requeue(queue: queue, names: wanted.filter { !hopeless.contains($0) }) {
                let name = Terminal.clean(file.name)
                let queuedAs = Terminal.clean(file.queuedAs)
                Terminal.say("\(name) is back in the queue" + (name == queuedAs ? "" : " as \(queuedAs)"))
            }
            for name in hopeless {
                Terminal.complain(
                    "\(Terminal.clean(name)) stays in rejected/: its id was seen before with other content, so that it would be rejected again; "
                        + "give the event an id of its own there, then requeue it, or delete the file")
            }
            isAll = hopeless.isEmpty
        } catch {
            throw failure(error.message, error.code == .badName || error.code == .notFound ? Exit.noInput : Exit.io)
        }
        if !isAll { throw Exit.no }
    }
}
