// Keeps pages up to date: each distinct page is rendered once for all who look at it, at most once a second, and only where
// the ledger has changed; it is sent only where it looks different.

import Foundation
import Ledger
import Logging

/// All who look at pages live.
actor LiveHub {
    private let changes: @Sendable () async throws -> ChangeMark
    private let logger: Logger
    private let seconds: @Sendable () -> Double
    private let isTicking: Bool
    private var views: [LiveKey: LiveView] = [:]
    private var count = 0
    private var last = 0
    private var isClosed = false
    private var ticker: Task<Void, Never>?
    private var mark: ChangeMark?
    private var beats = 0

    /// Of all.
    static let maximumViewers = 2_000
    /// Seconds after which a page is rendered though nothing has changed: queues and disks change without the ledger.
    static let patience: TimeInterval = 15
    /// Seconds of rendering in one turn: what is left has its turn in the next second.
    static let budget: TimeInterval = 0.05
    /// Turns between two signs of life.
    static let heartbeat = 15

    /// Seconds: a page that took longer to render rests ten times as long.
    static let slow: TimeInterval = 0.2
    /// Seconds between two renderings of what counts many deliveries.
    static let restOfCounts: TimeInterval = 2

    /// - Parameters:
    ///   - isTicking: it has a turn every second; else only those that somebody gives it.
    ///   - seconds: of a clock that only goes forward.
    init(
        logger: Logger, isTicking: Bool = true, seconds: @escaping @Sendable () -> Double = { Monotonic.seconds },
        changes: @escaping @Sendable () async throws -> ChangeMark
    ) {
        self.isTicking = isTicking
        self.seconds = seconds
        self.logger = logger
        self.changes = changes
    }

    /// What one browser is told from now on; nil where there are too many, or the server stops.
    ///
    /// - Parameter render: makes what stands in `main`; asked of the first who looks at the page.
    func join(
        _ key: LiveKey, render: @escaping @Sendable (LiveKey) async throws -> HTML
    ) -> (id: Int, words: AsyncStream<LiveWord>)? {
        guard !isClosed, count < Self.maximumViewers else { return nil }
        last += 1
        // Whoever is too slow misses what has been overtaken.
        let (stream, continuation) = AsyncStream.makeStream(of: LiveWord.self, bufferingPolicy: .bufferingNewest(1))
        let id = last
        // However it ends, also where nobody ever reads it.
        continuation.onTermination = { [weak self] _ in
            Task { [weak self] in await self?.leave(key, id) }
        }
        var view = views[key] ?? LiveView(render: render)
        view.viewers[last] = continuation
        // What it looked like a second ago may be older than the page that they have: they are told with the next turn.
        view.newcomers.insert(last)
        view.isStale = true
        views[key] = view
        count += 1
        if isTicking, ticker == nil { ticker = Task { await run() } }
        return (last, stream)
    }

    func leave(_ key: LiveKey, _ id: Int) {
        guard views[key]?.viewers.removeValue(forKey: id) != nil else { return }
        views[key]?.newcomers.remove(id)
        count -= 1
        if views[key]?.viewers.isEmpty ?? false { views[key] = nil }
    }

    /// Ends it for all: the server stops.
    func close() {
        isClosed = true
        ticker?.cancel()
        for view in views.values {
            for viewer in view.viewers.values { viewer.finish() }
        }
        views = [:]
        count = 0
    }

    /// How many look.
    var viewers: Int { count }

    private func run() async {
        while !isClosed, !views.isEmpty {
            await turn(now: Date())
            do {
                try await Task.sleep(for: .seconds(1))
            } catch {
                break
            }
        }
        ticker = nil
        // Somebody may have come while it ended.
        if !isClosed, !views.isEmpty { ticker = Task { await run() } }
    }

    /// One second's work.
    func turn(now: Date) async {
        await look(now)
        let began = DispatchTime.now().uptimeNanoseconds
        // Those that were rendered longest ago first, so that each has its turn.
        for key in views.filter({ $0.value.isDue(now) }).sorted(by: { $0.value.rendered < $1.value.rendered }).map(\.key) {
            guard !isClosed else { return }
            await update(key, now)
            if Double(DispatchTime.now().uptimeNanoseconds - began) / 1e9 > Self.budget { break }
        }
        beats += 1
        if beats.isMultiple(of: Self.heartbeat) {
            for key in views.keys { tell(.alive, key) { _ in true } }
        }
    }

    /// Tells some of those who look at a page; whoever has gone leaves.
    private func tell(_ word: LiveWord, _ key: LiveKey, _ isMeant: (Int) -> Bool) {
        for (id, viewer) in views[key]?.viewers ?? [:] where isMeant(id) {
            if case .terminated = viewer.yield(word) { leave(key, id) }
        }
    }

    /// Whether anything has changed.
    private func look(_ now: Date) async {
        let found = try? await changes()
        let hasChanged = found == nil || found != mark
        mark = found
        for key in views.keys where hasChanged || now.timeIntervalSince(views[key]?.rendered ?? now) >= Self.patience {
            views[key]?.isStale = true
        }
    }

    private func update(_ key: LiveKey, _ now: Date) async {
        guard let render = views[key]?.render else { return }
        views[key]?.isStale = false
        views[key]?.rendered = now
        let began = seconds()
        defer {
            let spent = seconds() - began
            views[key]?.rest = spent > Self.slow ? spent * 10 : key.path.hasPrefix("/broadcasts") ? Self.restOfCounts : 0
        }
        do {
            let fragment = LiveFragment(try await render(key))
            guard let view = views[key] else { return }
            let hasChanged = view.digest != fragment.digest
            tell(.main(fragment), key) { hasChanged || view.newcomers.contains($0) }
            views[key]?.digest = fragment.digest
            views[key]?.newcomers = []
        } catch is PageFault {
            // What was looked at is there no more.
            for viewer in views[key]?.viewers.values ?? [:].values {
                viewer.yield(.end)
                viewer.finish()
            }
        } catch {
            logger.debug("a live page could not be made; it is tried again", metadata: ["error": "\(error)"])
            views[key]?.isStale = true
        }
    }
}
