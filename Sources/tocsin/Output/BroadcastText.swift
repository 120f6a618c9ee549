// The words of a broadcast: from the command line, from standard input, or from an editor.

import Foundation
import Glibc

struct BroadcastText {
    var subject: String?
    var message: String

    /// - Throws: exit status 64 where there is no message.
    static func read(message: String?, subject: String?, corrects: String?) throws -> BroadcastText {
        var text: BroadcastText
        switch message {
        case "-"?:
            let bytes = FileHandle.standardInput.readDataToEndOfFile()
            text = BroadcastText(subject: subject, message: String(decoding: bytes, as: UTF8.self))
        case let message?: text = BroadcastText(subject: subject, message: message)
        case nil: text = try edited(subject: subject, corrects: corrects)
        }
        text.message = text.message.trimmingCharacters(in: .whitespacesAndNewlines)
        if text.message.isEmpty { throw usage("the message is empty: nothing was sent") }
        return text
    }

    private static func edited(subject: String?, corrects: String?) throws -> BroadcastText {
        let environment = ProcessInfo.processInfo.environment
        let editor = [environment["VISUAL"], environment["EDITOR"]].compactMap(\.self).first { !$0.isEmpty }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1, let editor else {
            throw usage("give the message with --message TEXT, or --message - and standard input; or set $EDITOR on a terminal")
        }
        let draft = """
            Subject: \(subject ?? "")


            # \(corrects.map { "A correction of broadcast \($0): say what was wrong, and what is right." } ?? "What everybody is to read.")
            # Lines that begin with # are left out. The first line is the subject; leave it empty for the usual one.
            # An empty message sends nothing. You see whom it reaches before it goes out.
            """
        return parse(try edit(draft, with: editor), subject: subject)
    }

    /// What somebody has written, without the help.
    static func parse(_ text: String, subject: String?) -> BroadcastText {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("#") }
        var subject = subject
        if let first = lines.first, first.lowercased().hasPrefix("subject:") {
            let words = first.dropFirst("subject:".count).trimmingCharacters(in: .whitespaces)
            subject = words.isEmpty ? nil : words
            lines.removeFirst()
        }
        return BroadcastText(subject: subject, message: lines.joined(separator: "\n"))
    }

    /// In a file that nobody else can read, and that is gone afterwards.
    private static func edit(_ draft: String, with editor: String) throws -> String {
        var name = Array((NSTemporaryDirectory() + "/tocsin-broadcast-XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        let path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard descriptor >= 0 else { throw failure("no temporary file can be made in \(NSTemporaryDirectory())", Exit.io) }
        defer { unlink(path) }
        fchmod(descriptor, 0o600)
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try? file.write(contentsOf: Data(draft.utf8))
        try? file.close()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "\(editor) \"$1\"", "sh", path]
        do {
            try process.run()
        } catch {
            throw failure("the editor `\(editor)` cannot be started", Exit.unavailable)
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0, let bytes = FileManager.default.contents(atPath: path) else {
            throw failure("the editor `\(editor)` ended without a message: nothing was sent", Exit.no)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
