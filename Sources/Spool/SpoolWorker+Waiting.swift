// Which files are ripe: looking through the directory, and looking after those that wait.

import Glibc

extension SpoolWorker {
    /// Looks through the whole directory. What lies there was not told of: it is ripe when it has not changed for a
    /// while, by the clock, or, where another machine's clock writes the times, by being watched.
    func scan(_ time: Int64, isFirst: Bool) {
        let isWatched = watch != nil
        let isCatchingUp = isFirst || isMissing
        nextScan = time + nanoseconds(isWatched ? core.options.rescanInterval : core.options.pollInterval)
        let scan = QueueScan(queue, limit: core.options.maximumNames) { candidates[$0] != nil }
        ignored = scan.ignored
        if scan.failure != 0 {
            core.troubles.report(SpoolError(errno: scan.failure, doing: "read the directory \(queue.directory.path)"), about: "scan")
            isMissing = false
            nextScan = min(nextScan, time + Self.second)
            return
        }
        // What has been told of since the look began keeps the kernel's order.
        var news: [QueueNews] = []
        var heard: Set<FileName> = []
        watch?.drain {
            news.append($0)
            switch $0 {
            case .finished(let name), .appeared(let name): heard.insert(name)
            case .missed, .lost: break
            }
        }
        let clock = wall
        for found in scan.files where !heard.contains(found.name) {
            let quiet = patience(found.name, isWatched: isWatched && !isCatchingUp)
            let needed = queue.isRemote ? max(quiet, 60) : quiet
            if !found.stamp.isRegular || found.stamp.age(wall: clock, monotonic: 0, seen: 0) >= needed {
                arrivals.append(Arrival(name: found.name, expected: found.stamp))
            } else if wait(for: found.name, Candidate(stamp: found.stamp, since: time, quiet: quiet)), isCatchingUp, isWatched {
                youngOfScan.insert(found.name)
            }
        }
        isMissing = scan.isPartial && !arrivals.isEmpty
        if scan.isPartial { nextScan = min(nextScan, time + Self.second) }
        if !youngOfScan.isEmpty { holdUntil = time + nanoseconds(core.options.quiet * 1.25) }
        for item in news { hear(item) }
    }

    /// Looks after the files that wait.
    func tick(_ time: Int64) {
        nextTick = time + Self.tick
        for file in core.takeGrown() { grown.append((file, nil, time)) }
        let clock = wall
        var ripe: [(stamp: FileStamp?, arrival: Arrival)] = []
        for (name, candidate) in candidates where !candidate.isQueued && candidate.retryAt <= time {
            guard let stamp = FileStamp.of(name, in: queue.queue) else {
                drop(name)
                continue
            }
            var next = candidate
            if stamp != candidate.stamp {
                next.stamp = stamp
                next.since = time
                next.isIncomplete = false
            }
            let age =
                queue.isRemote && !next.isIncomplete
                ? Double(time - next.since) / 1e9 : stamp.age(wall: clock, monotonic: time, seen: next.since)
            let isRipe = age >= (next.isIncomplete ? core.options.settle : next.quiet) || !stamp.isRegular || next.failures > 0
            if isRipe {
                youngOfScan.remove(name)
                ripe.append((stamp, Arrival(name: name, expected: stamp, isSettled: next.isIncomplete)))
                next.isQueued = true
            }
            candidates[name] = next
        }
        ripe.sort {
            guard let left = $0.stamp, let right = $1.stamp, left.modified != right.modified else {
                return $0.arrival.name < $1.arrival.name
            }
            return left.modified < right.modified
        }
        arrivals.prepend(ripe.map(\.arrival))
    }

    func drop(_ name: FileName) {
        candidates[name] = nil
        youngOfScan.remove(name)
    }

    /// For whoever wants what is complete now: a whole object is complete, however young; of lines one cannot know.
    func ripenWholeObjects() {
        var ripe: [Arrival] = []
        for (name, candidate) in candidates where !candidate.isQueued && !candidate.isIncomplete && candidate.failures == 0 {
            if name.kind != .json { continue }
            guard let stamp = FileStamp.of(name, in: queue.queue) else { continue }
            candidates[name]?.isQueued = true
            youngOfScan.remove(name)
            ripe.append(Arrival(name: name, expected: stamp))
        }
        ripe.sort {
            guard let left = $0.expected, let right = $1.expected, left.modified != right.modified else { return $0.name < $1.name }
            return left.modified < right.modified
        }
        arrivals.prepend(ripe)
    }

    /// Whether a file may become ripe within the quiet time.
    var isAnythingYoung: Bool {
        candidates.values.contains { !$0.isQueued && !$0.isIncomplete && $0.failures == 0 }
    }
}
