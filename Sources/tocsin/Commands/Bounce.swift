// tocsin bounce: mail that came back, read from files or a pipe.

import ArgumentParser
import Foundation
import Incidents
import Ledger
import Router
import Routing
import Settings
import Spool

struct Bounce: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads mail that came back, or that asks to unsubscribe, and drops what follows into the queue.",
        discussion: """
            Reads reports of non-delivery (RFC 3464) about mails of ours: each counts as a bounce of the address that the mail \
            went to, once. Mail whose subject is `unsubscribe TOKEN`, as mail programs send it to leave, ends that \
            subscription. Anything else is named, and changes nothing.

            Made for a pipe from a mail server: it ends with status 75 where it cannot do its work now, so that the server keeps the \
            mail and tries again. It reads the ledger, so it runs as the router's user. See docs/operating.md.

              tocsin bounce returned.eml
              tocsin bounce - < returned.eml
            """)

    @Argument(help: ArgumentHelp("Files with one mail each; - is standard input.", valueName: "file"))
    var files: [String]

    @OptionGroup var option: ConfigOption

    func run() async throws {
        if files.isEmpty { throw usage("name the file of a mail, or - for standard input") }
        let isPipe = files.contains("-")
        do {
            try await read()
        } catch let code as ExitCode where isPipe && ![Exit.noInput, ExitCode(64)].contains(code) {
            // The mail server is to keep the mail.
            throw Exit.tryLater
        }
    }

    private func read() async throws {
        let mails = try files.map { ($0, try Self.bytes(of: $0)) }
        let configuration = try option.load()
        guard let ledger = try option.ledgerIfAny(configuration) else {
            throw failure("there is no ledger yet: the router has not run, so no mail of ours can have come back", Exit.tryLater)
        }
        let links: Links
        do {
            links = try Links.load(state: configuration.router.state, publicURL: configuration.router.publicURL)
        } catch {
            await ledger.close()
            throw failure(error.message, Exit.tryLater)
        }
        let intake = MailIntake(links: links, ledger: ledger, queue: configuration.router.queue)
        try await option.closing(ledger) { _ in
            for (name, bytes) in mails {
                let result: MailIntake.Result
                do {
                    result = try await intake.take(bytes)
                } catch {
                    let words = (error as? LedgerError)?.message ?? (error as? SpoolError)?.message ?? "\(error)"
                    throw failure("\(name): nothing was dropped: \(words)", Exit.tryLater)
                }
                let text = Terminal.clean("\(name): \(result.words)")
                if case .dropped = result { Terminal.say(text) } else { Terminal.complain(text, prefix: "ignored: ") }
            }
        }
    }

    private static func bytes(of name: String) throws -> [UInt8] {
        let handle: FileHandle
        if name == "-" {
            handle = .standardInput
        } else {
            guard let file = FileHandle(forReadingAtPath: name) else {
                throw failure("there is no file \(name) that can be read", Exit.noInput)
            }
            handle = file
        }
        var bytes: [UInt8] = []
        do {
            // More than the longest is read only to its end, so that who writes to the pipe is not cut off.
            while let part = try handle.read(upToCount: 1 << 20), !part.isEmpty {
                if bytes.count <= InboundMail.longest { bytes += part }
            }
        } catch {
            throw failure("\(name) cannot be read: \(error.localizedDescription)", Exit.io)
        }
        return bytes
    }
}
