// Takes up a changed routes.yaml: on SIGHUP, and when the file, the templates, or a calendar or an adapter that it names have
// changed. A bad one keeps the old configuration, and says so.

import Cryptography
import Foundation
import Glibc
import Ledger
import Logging
import ServiceLifecycle
import Settings

/// Watches the configuration.
public final class Reloader: Service {
    /// Seconds between two looks at the files.
    static let interval: TimeInterval = 1

    private let path: String
    private let setup: CurrentSetup
    /// What some settings are until the end, whatever is reloaded.
    private let started: RouterConfiguration
    private let load: @Sendable () -> LoadedSetup
    private let dispatcher: Dispatcher
    private let ledger: LedgerStore
    private let logger: Logger
    /// Told when a reload begins, and when it has ended.
    private let onReload: @Sendable (_ hasEnded: Bool) -> Void

    public init(
        path: String, setup: CurrentSetup, dispatcher: Dispatcher, ledger: LedgerStore, logger: Logger,
        onReload: @escaping @Sendable (_ hasEnded: Bool) -> Void = { _ in }, load: @escaping @Sendable () -> LoadedSetup
    ) {
        self.onReload = onReload
        self.path = path
        self.setup = setup
        started = setup.value.configuration
        self.dispatcher = dispatcher
        self.ledger = ledger
        self.logger = logger
        self.load = load
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            // One loop for both causes, so that an older load never replaces a newer one.
            let (reasons, feed) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(2))
            await self.note(refused: nil)
            let hangups = SignalSource.ignoring(SIGHUP) { feed.yield("SIGHUP") }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.watchFiles(feed) }
                for await reason in reasons where !Task.isCancelled { await self.reload(because: reason) }
                group.cancelAll()
            }
            hangups.cancel()
        }
    }

    private func watchFiles(_ feed: AsyncStream<String>.Continuation) async {
        var seen = await fingerprint()
        // The file may have changed between being loaded and being watched.
        let version = setup.value.configuration.version
        let path = path
        let now = await Blocking.run { FileManager.default.contents(atPath: path).map { SHA256.hex(Array($0)) } }
        if let now, !now.hasPrefix(version) { feed.yield("a changed file") }
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(Self.interval))
            let now = await fingerprint()
            guard now != seen, !Task.isCancelled else { continue }
            seen = now
            feed.yield("a changed file")
        }
        feed.finish()
    }

    private func reload(because reason: String) async {
        onReload(false)
        defer { onReload(true) }
        let old = setup.value.configuration
        let loaded = await Blocking.run { self.load() }
        for problem in loaded.diagnostics where problem.severity == .error { logger.error("\(problem.unmarked)") }
        guard let new = loaded.setup else {
            let more = loaded.errors.count > 1 ? " (and \(loaded.errors.count - 1) more)" : ""
            await note(refused: loaded.cause.map { "\($0)\(more)" } ?? "it cannot be read")
            logger.error(
                "reload failed: the old configuration stays in force", metadata: ["version": "\(old.version)", "because": "\(reason)"])
            return
        }
        warn(of: new.configuration, after: old)
        setup.replace(with: new)
        await note(refused: nil)
        await dispatcher.readLanes()
        logger.notice("reloaded", metadata: ["version": "\(new.configuration.version)", "because": "\(reason)"])
    }

    /// Names what has changed and is not as at the start, so that it waits for the next one.
    private func warn(of new: RouterConfiguration, after old: RouterConfiguration) {
        func places(_ configuration: RouterConfiguration) -> [String] { [configuration.router.queue, configuration.router.state] }
        if places(new) != places(old), places(new) != places(started) {
            logger.warning("`router.queue` and `router.state` take effect at the next start only")
        }
        let changed = HTTPSettings.needingRestart(old.http, new.http)
        for setting in HTTPSettings.needingRestart(started.http, new.http) where changed.contains(setting) { logger.warning("\(setting)") }
    }

    /// Lets `status` say that the files are not what is in force. No reload depends on it.
    private func note(refused why: String?) async {
        do {
            try await ledger.noteReload(refused: why.map { ReloadRefusal(at: Date(), why: $0) })
        } catch {
            logger.warning("`tocsin status` cannot be told of the reload", metadata: ["error": "\(error)"])
        }
    }

    /// What the files look like from outside: names, sizes and times.
    private func fingerprint() async -> [String] {
        let configuration = setup.value.configuration
        // An adapter that is no file is built in.
        let adapters = (configuration.http?.intake.values.map(\.adapter) ?? []).filter { $0.hasPrefix("/") }
        let (templates, watched) = (configuration.router.templates, [path] + configuration.calendarFiles + Set(adapters).sorted())
        return await Blocking.run {
            var prints = watched.map(FilePrint.of)
            let files = FileManager.default.enumerator(atPath: templates)
            while let name = files?.nextObject() as? String, prints.count < 2_000 + watched.count {
                prints.append(name + FilePrint.of(templates + "/" + name))
            }
            return prints
        }
    }
}
