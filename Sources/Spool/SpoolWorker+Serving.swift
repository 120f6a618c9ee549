// Answering whoever asks for files.

import Glibc

extension SpoolWorker {
    /// Answers the first request, if there is one and something to answer with. True where the loop should go on at once.
    func serve(_ time: Int64) -> Bool {
        guard let request = core.firstRequest else { return false }
        let files = gather(request.limit, time)
        if !files.isEmpty {
            if !core.answer(request.id, files) { undelivered = files + undelivered }
            return true
        }
        guard request.isImmediate else { return !arrivals.isEmpty && pausedUntil <= time }
        if !arrivals.isEmpty || !held.isEmpty, pausedUntil <= time { return !arrivals.isEmpty }
        if immediate?.id != request.id {
            immediate = (request.id, time + nanoseconds(core.options.quiet * 1.5))
            if pausedUntil <= time {
                scan(time, isFirst: false)
                ripenWholeObjects()
                return true
            }
        }
        if pausedUntil <= time, isAnythingYoung, let immediate, time < immediate.deadline { return false }
        _ = core.answer(request.id, [])
        return true
    }

    private func gather(_ limit: Int, _ time: Int64) -> [TakenFile] {
        var files = Array(undelivered.prefix(limit))
        undelivered.removeFirst(files.count)
        var room = core.options.maximumBytes - files.reduce(0) { $0 + $1.size }
        while files.count < limit, room > 0, let leftover = nextLeftover(time) {
            guard let file = retake(leftover, time) else { continue }
            files.append(file)
            room -= file.size
        }
        if files.count < limit { regrow(limit, &files, &room, time) }
        guard pausedUntil <= time else { return files }
        let clock = wall
        while files.count < limit, let arrival = arrivals.next() {
            let known = candidates[arrival.name]
            let result = queue.take(
                arrival.name, sequence: sequence, expected: arrival.expected, room: files.isEmpty ? Int.max : room
            ) { stamp in
                arrival.isSettled
                    || stamp.age(wall: clock, monotonic: time, seen: known?.stamp == stamp ? known?.since ?? time : time)
                        >= core.options.settle
            }
            switch result {
            case .taken(let file):
                sequence += 1
                drop(arrival.name)
                files.append(file)
                if case .bytes(let bytes) = file.content { room -= bytes.count }
                pause = 0
            case .gone: drop(arrival.name)
            case .noRoom:
                arrivals.putBack(arrival)
                return files
            case .incomplete(let stamp), .changed(let stamp):
                var isIncomplete = false
                if case .incomplete = result { isIncomplete = true }
                youngOfScan.remove(arrival.name)
                wait(
                    for: arrival.name,
                    Candidate(
                        stamp: stamp, since: known?.stamp == stamp ? known?.since ?? time : time, isIncomplete: isIncomplete,
                        quiet: patience(arrival.name, isWatched: watch != nil)))
            case .refused(let doing, let number):
                youngOfScan.remove(arrival.name)
                refuse(arrival.name, known, doing, number, time)
            case .failed(let doing, let number):
                arrivals.putBack(arrival)
                fail("\(doing) \(queue.directory.path)/\(arrival.name.text)", number, time)
                return files
            }
        }
        return files
    }

    /// One file cannot be had: it stays where it is, and is tried again, ever more rarely.
    private func refuse(_ name: FileName, _ known: Candidate?, _ doing: String, _ number: Int32, _ time: Int64) {
        var candidate = known ?? Candidate(since: time, quiet: core.options.quiet)
        candidate.isQueued = false
        candidate.failures = min(candidate.failures + 1, 6)
        candidate.retryAt = time + Self.second << Int64(candidate.failures - 1)
        wait(for: name, candidate)
        core.troubles.report(
            SpoolError(errno: number, doing: "\(doing) \(queue.directory.path)/\(name.text) (it is kept, and tried again)"),
            about: name.text)
    }

    /// No file can be had: nothing is tried for a while, longer each time up to half a minute.
    private func fail(_ doing: String, _ number: Int32, _ time: Int64) {
        pause = min(max(pause * 2, Self.second), 30 * Self.second)
        pausedUntil = time + pause
        core.troubles.report(SpoolError(errno: number, doing: "\(doing) (nothing is lost; trying again)"), about: "take")
    }

    /// In their order; those that could not be had come again a while later, behind the others.
    private func nextLeftover(_ time: Int64) -> (own: FileName, original: FileName, sequence: UInt64)? {
        if leftovers.isEmpty, !refusedLeftovers.isEmpty, time >= leftoversRetryAt {
            leftovers = refusedLeftovers.reversed()
            refusedLeftovers = []
        }
        return leftovers.popLast()
    }

    /// A file that a process which has died had taken.
    private func retake(_ leftover: (own: FileName, original: FileName, sequence: UInt64), _ time: Int64) -> TakenFile? {
        let clock = wall
        let result = queue.reread(leftover.own, original: leftover.original, sequence: leftover.sequence) { stamp in
            stamp.age(wall: clock, monotonic: time, seen: time) >= core.options.settle
        }
        switch result {
        case .taken(let file): return file
        case .incomplete(let stamp):
            wait(
                for: leftover.original,
                Candidate(stamp: stamp, since: time, isIncomplete: true, quiet: patience(leftover.original, isWatched: watch != nil)))
        case .refused(let doing, let number), .failed(let doing, let number):
            refusedLeftovers.append(leftover)
            leftoversRetryAt = time + Self.second
            core.troubles.report(
                SpoolError(errno: number, doing: "\(doing) \(queue.directory.taken)/\(leftover.own.text) (trying again)"),
                about: leftover.own.text)
        case .gone, .changed, .noRoom: break
        }
        return nil
    }

    /// A writer that kept its file open has added to it after it was taken: what is new is handed out as well.
    private func regrow(_ limit: Int, _ files: inout [TakenFile], _ room: inout Int, _ time: Int64) {
        guard !grown.isEmpty else { return }
        var rest: [(file: TakenFile, stamp: FileStamp?, since: Int64)] = []
        for item in grown {
            guard let stamp = FileStamp.of(item.file.taken, in: item.file.queue.taken) else { continue }
            guard stamp == item.stamp, files.count < limit, room > 0 else {
                rest.append((item.file, stamp, stamp == item.stamp ? item.since : time))
                continue
            }
            guard time - item.since >= nanoseconds(core.options.quiet) else {
                rest.append(item)
                continue
            }
            let isSettled = stamp.age(wall: wall, monotonic: time, seen: item.since) >= core.options.settle
            if let file = item.file.addition(stamp, isSettled: isSettled) {
                files.append(file)
                if case .bytes(let bytes) = file.content { room -= bytes.count }
            } else {
                rest.append(item)
            }
        }
        grown = rest
    }
}
