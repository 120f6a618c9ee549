// A Maildir to which mail to the sender's address is delivered: looked into every few seconds. What was read moves from `new/`
// to `cur/`, once what follows from it is in the queue; what was not understood is not marked as seen there, so that somebody
// looks at it.

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
    /// Mails that cannot be moved out of `new/`: they are not read twice.
    private let stuck = Mutex<Set<String>>([])
    /// A directory that cannot be read is told once.
    private let told = Mutex<String?>(nil)

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
        guard let all = await Blocking.run({ Self.names(in: directory) }) else {
            let isNews = told.withLock { told in
                defer { told = directory }
                return told != directory
            }
            if isNews { logger.warning("the mailbox cannot be read", metadata: ["directory": "\(directory)"]) }
            return false
        }
        told.withLock { $0 = nil }
        let stuck = stuck.withLock { stuck in
            stuck.formIntersection(all)
            return stuck
        }
        let names = all.filter { !stuck.contains($0) }
        let intake = MailIntake(links: setup.links, ledger: ledger, queue: setup.configuration.router.queue)
        for name in names.prefix(Self.atOnce) {
            if Task.isCancelled { return false }
            guard let bytes = await Blocking.run({ Self.read("\(directory)/new/\(name)") }) else {
                logger.warning("a mail cannot be read, and is put aside in cur/", metadata: ["mail": "\(name)"])
                await file(name, in: directory, isSeen: false)
                continue
            }
            do {
                let result = try await intake.take(bytes)
                if case .notUnderstood(let why) = result {
                    logger.warning(
                        "a mail was not understood, and is put aside in cur/", metadata: ["mail": "\(name)", "why": "\(why)"])
                    await file(name, in: directory, isSeen: false)
                    continue
                }
                logger.info("read a mail", metadata: ["mail": "\(name)", "what": "\(result.words)"])
            } catch {
                // Nothing is lost: it is read again.
                logger.warning("a mail cannot be taken yet", metadata: ["mail": "\(name)", "error": "\(error)"])
                return false
            }
            await file(name, in: directory, isSeen: true)
        }
        return names.count > Self.atOnce
    }

    private func file(_ name: String, in directory: String, isSeen: Bool) async {
        if await Blocking.run({ Self.move(name, in: directory, isSeen: isSeen) }) { return }
        logger.warning("a mail cannot be moved to cur/, and stays in new/", metadata: ["mail": "\(name)"])
        stuck.withLock { _ = $0.insert(name) }
    }

    /// The oldest first, as their names begin with the time. Nil where there is no such directory.
    private static func names(in directory: String) -> [String]? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/new") else { return nil }
        let timed = names.filter { !$0.hasPrefix(".") }.map { (name: $0, time: UInt64($0.prefix { $0.isASCII && $0.isNumber }) ?? .max) }
        return timed.sorted { ($0.time, $0.name) < ($1.time, $1.name) }.map(\.name)
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

    /// What is there already is not written over.
    private static func move(_ name: String, in directory: String, isSeen: Bool) -> Bool {
        let base = name.split(separator: ":", maxSplits: 1).first.map(String.init) ?? name
        mkdir("\(directory)/cur", 0o700)
        let flags = isSeen ? ":2,S" : ":2,"
        var target = "\(directory)/cur/\(base)\(flags)"
        var status = stat()
        if lstat(target, &status) == 0 { target = "\(directory)/cur/\(base).\(UInt64.random(in: 0 ... .max))\(flags)" }
        return rename("\(directory)/new/\(name)", target) == 0
    }
}
