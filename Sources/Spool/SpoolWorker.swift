// The spool's thread: hears of files, decides when they are ripe, takes them when somebody asks. Everything in here
// belongs to that one thread; what it shares is in SpoolCore.

import Foundation
import Glibc

/// A file that waits: for its writer, for time to pass, or for trouble to end.
struct Candidate {
    /// Its state when it was last looked at; nil before.
    var stamp: FileStamp?
    /// Since when it has been seen in that state, monotonic nanoseconds.
    var since: Int64
    /// Its content in that state ends too early.
    var isIncomplete = false
    /// It has been heard of again, and stands among the arrivals.
    var isQueued = false
    /// Seconds without a change that make it ripe.
    var quiet: Double
    /// Refusals so far, and when to try again.
    var failures = 0
    var retryAt: Int64 = 0
}

final class SpoolWorker {
    let core: SpoolCore
    var queue: QueueHandle
    var watch: QueueWatch?
    /// The watch may have ended, though the directory is there.
    var isWatchLost = false
    var arrivals = Arrivals()
    /// Heard of while files of the last look were not ripe yet: those came first.
    var held: [Arrival] = []
    var holdUntil: Int64 = 0
    var youngOfScan: Set<FileName> = []
    var candidates: [FileName: Candidate] = [:]
    /// What a process that has died had taken, last first.
    var leftovers: [(own: FileName, original: FileName, sequence: UInt64)] = []
    /// Those among them that could not be had, and when they are tried again; the others do not wait for them.
    var refusedLeftovers: [(own: FileName, original: FileName, sequence: UInt64)] = []
    var leftoversRetryAt: Int64 = 0
    /// Taken, but nobody was there any more to have them.
    var undelivered: [TakenFile] = []
    var grown: [(file: TakenFile, stamp: FileStamp?, since: Int64)] = []
    /// Something has not been heard of: look through the directory when the arrivals are through.
    var isMissing = false
    var nextScan: Int64 = 0
    var nextTick: Int64 = 0
    var nextPlaceCheck: Int64 = 0
    var nextCount: Int64 = 0
    var pausedUntil: Int64 = 0
    var pause: Int64 = 0
    var sequence: UInt64 = 1
    var ignored = 0
    /// The request that has had its look, and until when files that are not ripe are waited for.
    var immediate: (id: UInt64, deadline: Int64)?

    static let second: Int64 = 1_000_000_000
    static let tick = second / 4
    static let maximumCandidates = 16_384

    /// - Parameter watch: begun before, so that nothing that comes later is taken for what lay there before.
    init(core: SpoolCore, watch: QueueWatch?) {
        self.core = core
        self.watch = watch
        queue = core.queue
    }

    var now: Int64 { FileStamp.nanoseconds(CLOCK_MONOTONIC) }
    var wall: Int64 { Int64(core.options.now().timeIntervalSince1970 * 1_000_000_000) }
    func nanoseconds(_ seconds: TimeInterval) -> Int64 { Int64(seconds * 1_000_000_000) }

    func run() {
        attach()
        while !core.isStopping {
            listen()
            let time = now
            if time >= nextPlaceCheck { checkPlace(time) }
            if time >= nextTick { tick(time) }
            if arrivals.isEmpty, held.isEmpty, isMissing || time >= nextScan { scan(time, isFirst: false) }
            releaseHeld(time)
            publish(time)
            if !serve(time) { sleep() }
        }
        core.stopped()
    }

    /// Starts to watch the directory, and looks at what is there already: first what was left in `.taken/`.
    func attach() {
        arrivals.removeAll()
        held = []
        candidates = [:]
        youngOfScan = []
        isMissing = false
        findLeftovers()
        scan(now, isFirst: true)
        nextPlaceCheck = now + Self.second
    }

    private func findLeftovers() {
        var found: [(own: FileName, original: FileName, sequence: UInt64)] = []
        let number = QueueHandle.eachName(in: queue.taken) { entry, _ in
            guard let sequence = TakenName.sequence(entry) else { return true }
            if entry.bytes.count > TakenName.digits {
                found.append((entry, FileName(bytes: Array(entry.bytes[(TakenName.digits + 1)...])), sequence))
                return true
            }
            let folder = entry.withPath { openat(queue.taken, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
            guard folder >= 0 else { return true }
            _ = QueueHandle.eachName(in: folder) { name, _ in
                found.append((FileName(bytes: entry.bytes + [UInt8(ascii: "/")] + name.bytes), name, sequence))
                return true
            }
            close(folder)
            return true
        }
        if number != 0 { core.troubles.report(SpoolError(errno: number, doing: "read \(queue.directory.taken)"), about: "taken") }
        found.sort { $0.sequence > $1.sequence }
        leftovers = found
        refusedLeftovers = []
        sequence = max(sequence, (found.first?.sequence ?? 0) + 1)
        queue.removeUnfinishedReasons()
    }

    /// The directory may have been removed or replaced: then the one that is there now is watched.
    private func checkPlace(_ time: Int64) {
        nextPlaceCheck = time + Self.second
        let isInPlace = queue.isInPlace
        if isInPlace, queue.isWhole {
            if isWatchLost {
                watch = QueueWatch.start(queue, core.options, core.troubles)
                isMissing = true
            }
            isWatchLost = false
            return
        }
        do {
            let fresh = try QueueHandle(path: queue.directory.path, lock: isInPlace ? queue.lock : nil)
            let what = isInPlace ? "`rejected` or `.taken` in \(queue.directory.path)" : queue.directory.path
            core.troubles.report(
                SpoolError(.notFound, "\(what) was removed or replaced; going on with the directory that is there now"), about: "place")
            queue = fresh
            core.replace(queue: fresh)
            watch = QueueWatch.start(fresh, core.options, core.troubles)
            isWatchLost = false
            attach()
        } catch {
            core.troubles.report(error, about: "place")
        }
    }

    private func listen() {
        watch?.drain { hear($0) }
    }

    func hear(_ news: QueueNews) {
        switch news {
        case .finished(let name): if name.kind != .other { finished(name) }
        case .appeared(let name): if name.kind != .other { appeared(name) }
        case .missed: isMissing = true
        case .lost:
            isWatchLost = true
            nextPlaceCheck = 0
        }
    }

    private func finished(_ name: FileName) {
        guard !isMissing else { return }
        guard arrivals.count + held.count < core.options.maximumNames else {
            isMissing = true
            return
        }
        youngOfScan.remove(name)
        candidates[name]?.isQueued = true
        let arrival = Arrival(name: name)
        if holdUntil > 0 { held.append(arrival) } else { arrivals.append(arrival) }
    }

    /// Mostly, word that it is finished follows at once. A hard link, a named pipe or a symbolic link only appears.
    private func appeared(_ name: FileName) {
        guard candidates[name] == nil, !isMissing else { return }
        let time = now
        guard wait(for: name, Candidate(since: time, quiet: patience(name, isWatched: true))) else { return }
        nextTick = min(nextTick, time + Self.tick)
    }

    /// Seconds that a file must not change. Of lines, each could be the last: where we are told when a writer closes
    /// its file, one that pauses between lines gets more time.
    func patience(_ name: FileName, isWatched: Bool) -> Double {
        name.kind == .ndjson && isWatched ? core.options.quiet * 15 : core.options.quiet
    }

    /// False where there is no room: then the file is found again by looking.
    @discardableResult
    func wait(for name: FileName, _ candidate: Candidate) -> Bool {
        guard candidates.count < Self.maximumCandidates || candidates[name] != nil else {
            nextScan = min(nextScan, now + Self.second)
            return false
        }
        candidates[name] = candidate
        nextTick = min(nextTick, now + Self.tick)
        return true
    }

    private func releaseHeld(_ time: Int64) {
        guard holdUntil > 0, youngOfScan.isEmpty || time >= holdUntil else { return }
        holdUntil = 0
        for arrival in held { arrivals.append(arrival) }
        held = []
    }

    private func publish(_ time: Int64) {
        if candidates.count > 256, time < nextCount { return }
        nextCount = time + Self.tick / 5
        let incomplete = candidates.values.count { $0.isIncomplete && !$0.isQueued }
        let queued = candidates.values.count { $0.isQueued }
        core.count {
            $0.waiting = arrivals.count + held.count + candidates.count - queued
            $0.incomplete = incomplete
            $0.ignored = ignored
            $0.isLowerBound = isMissing
        }
    }

    /// Sleeps until there is something to do.
    private func sleep() {
        let time = now
        var until = nextPlaceCheck
        // While names are left, nobody looks for more.
        if arrivals.isEmpty, held.isEmpty { until = min(until, nextScan) }
        if !candidates.isEmpty || !grown.isEmpty { until = min(until, nextTick) }
        if pausedUntil > time { until = min(until, pausedUntil) }
        if !refusedLeftovers.isEmpty { until = min(until, leftoversRetryAt) }
        if holdUntil > time { until = min(until, holdUntil) }
        // Work that is there but may not be done yet (paused, or nobody asks) does not make it spin.
        let milliseconds = max(1, min(1000, (until - time) / 1_000_000 + 1))
        var wanted = [pollfd(fd: core.wakeUp, events: Int16(POLLIN), revents: 0)]
        if let watch { wanted.append(pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)) }
        _ = poll(&wanted, nfds_t(wanted.count), Int32(milliseconds))
        var count: UInt64 = 0
        if wanted[0].revents != 0 { _ = read(core.wakeUp, &count, 8) }
    }
}
