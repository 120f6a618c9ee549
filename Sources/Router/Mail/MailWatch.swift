// A Maildir to which mail to the sender's address is delivered: looked into every few seconds. What is understood moves from
// `new/` to `cur/`, once what follows from it is in the queue; the rest stays for somebody to look at.

import Foundation
import Glibc
import Ledger
import Logging
import ServiceLifecycle
import Synchronization

/// Reads `router.mailbox`.
final class MailWatch: Service {
    /// Seconds between two looks.
    static let interval: TimeInterval = 5
    /// Mails to one look.
    static let atOnce = 200

    private let setup: CurrentSetup
    private let ledger: LedgerStore
    private let logger: Logger
    /// Mails that stay where they are, and trouble that was told: each is told once.
    private let told = Mutex<Set<String>>([])

    init(setup: CurrentSetup, ledger: LedgerStore, logger: Logger) {
        self.setup = setup
        self.ledger = ledger
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let isMore = await self.look()
                if isMore { continue }
                try? await Task.sleep(for: .seconds(Self.interval))
            }
        }
    }

    /// Reads what is new.
    ///
    /// - Returns: whether there is more.
    @discardableResult
    func look() async -> Bool {
        let setup = setup.value
        guard let directory = setup.configuration.router.mailbox else { return false }
        let left = told.withLock { $0 }
        guard let names = await Blocking.run({ Self.names(in: directory, but: left) }) else {
            complain("mailbox \(directory)", "the mailbox cannot be read", ["directory": "\(directory)"])
            return false
        }
        let intake = MailIntake(links: setup.links, ledger: ledger, queue: setup.configuration.router.queue)
        for name in names.prefix(Self.atOnce) {
            if Task.isCancelled { return false }
            guard let bytes = await Blocking.run({ Self.read("\(directory)/new/\(name)") }) else {
                complain(name, "a mail cannot be read, and stays", ["mail": "\(name)"])
                continue
            }
            do {
                let result = try await intake.take(bytes)
                if case .notUnderstood(let why) = result {
                    complain(name, "a mail was not understood, and stays", ["mail": "\(name)", "why": "\(why)"])
                    continue
                }
                logger.info("read a mail", metadata: ["mail": "\(name)", "what": "\(result.words)"])
            } catch {
                // Nothing is lost: it is read again.
                logger.warning("a mail cannot be taken yet", metadata: ["mail": "\(name)", "error": "\(error)"])
                return false
            }
            if await Blocking.run({ !Self.file(name, in: directory) }) {
                complain(name, "a mail was read, and cannot be moved to cur/", ["mail": "\(name)"])
            }
        }
        return names.count > Self.atOnce
    }

    private func complain(_ what: String, _ message: String, _ metadata: Logger.Metadata) {
        let isNews = told.withLock { told in
            if told.count > 10_000 { told = [] }
            return told.insert(what).inserted
        }
        if isNews { logger.warning("\(message)", metadata: metadata) }
    }

    /// The oldest first, as their names begin with the time. Nil where there is no such directory.
    private static func names(in directory: String, but left: Set<String>) -> [String]? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/new") else { return nil }
        return names.filter { !$0.hasPrefix(".") && !left.contains($0) }.sorted()
    }

    /// Of a regular file, never through a link; one byte more than is read shows that it is too long.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        return (try? handle.read(upToCount: InboundMail.longest + 1)).map { Array($0) }
    }

    /// Marked as seen.
    private static func file(_ name: String, in directory: String) -> Bool {
        let base = name.split(separator: ":", maxSplits: 1).first.map(String.init) ?? name
        mkdir("\(directory)/cur", 0o700)
        return rename("\(directory)/new/\(name)", "\(directory)/cur/\(base):2,S") == 0
    }
}
