// Takes up a changed routes.yaml: on SIGHUP, and when the file or the templates have changed. A bad one keeps the old
// configuration, and says so.

import Configuration
import Foundation
import Logging
import ServiceLifecycle

/// Watches the configuration.
public final class Reloader: Service {
    /// Seconds between two looks at the files.
    static let interval: TimeInterval = 1

    private let path: String
    private let setup: CurrentSetup
    private let load: @Sendable () -> LoadedSetup
    private let dispatcher: Dispatcher
    private let logger: Logger

    public init(
        path: String, setup: CurrentSetup, dispatcher: Dispatcher, logger: Logger, load: @escaping @Sendable () -> LoadedSetup
    ) {
        self.path = path
        self.setup = setup
        self.dispatcher = dispatcher
        self.logger = logger
        self.load = load
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.watchFiles() }
                group.addTask { await self.watchSignal() }
            }
        }
    }

    private func watchSignal() async {
        for await _ in Hangups.stream() where !Task.isCancelled { await reload(because: "SIGHUP") }
    }

    private func watchFiles() async {
        var seen = await fingerprint()
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(Self.interval))
            let now = await fingerprint()
            guard now != seen, !Task.isCancelled else { continue }
            seen = now
            await reload(because: "a changed file")
        }
    }

    private func reload(because reason: String) async {
        let old = setup.value.configuration
        let loaded = await Blocking.run { self.load() }
        for problem in loaded.diagnostics where problem.severity == .error { logger.error("\(problem)") }
        guard let new = loaded.setup else {
            logger.error("reload failed: the old configuration stays in force", metadata: ["version": "\(old.version)", "because": "\(reason)"])
            return
        }
        if new.configuration.router.queue != old.router.queue || new.configuration.router.state != old.router.state {
            logger.warning("`router.queue` and `router.state` take effect at the next start only")
        }
        setup.replace(with: new)
        await dispatcher.readLanes()
        logger.notice("reloaded", metadata: ["version": "\(new.configuration.version)", "because": "\(reason)"])
    }

    /// What the files look like from outside: names, sizes and times.
    private func fingerprint() async -> [String] {
        let templates = setup.value.configuration.router.templates
        let path = path
        return await Blocking.run {
            var prints = [FilePrint.of(path)]
            let files = FileManager.default.enumerator(atPath: templates)
            while let name = files?.nextObject() as? String, prints.count < 2_000 {
                prints.append(name + FilePrint.of(templates + "/" + name))
            }
            return prints
        }
    }
}
