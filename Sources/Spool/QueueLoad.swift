// How many events wait, for whoever must not let them become too many: the directory is read, no file is.

import Glibc

/// The events in a queue directory, waiting or taken.
public enum QueueLoad {
    /// What the names of files begin with that the HTTP side writes.
    public static let httpPrefix = "http-"

    /// What a file of many events is named by who wants them counted: `STEM-COUNT.ndjson`.
    public static func name(_ stem: String, events: Int) -> String { "\(stem)-\(events).ndjson" }

    /// Counts events: a `.json` file is one, an `.ndjson` file of the HTTP side what its name says (see `name`), and any other 1:
    /// what others call their files says nothing.
    ///
    /// - Parameters:
    ///   - queue: the path of the queue directory.
    ///   - limit: no more are counted, so that a look costs at most so many names.
    /// - Throws: `SpoolError`; `.notFound` where there is no such directory.
    public static func events(in queue: String, limit: Int) throws(SpoolError) -> Int {
        let places = SpoolDirectory(path: queue)
        var count = 0
        for (place, isOurs) in [(places.path, false), (places.taken, true)] where count < limit {
            let directory = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard directory >= 0 else {
                if isOurs, errno == ENOENT || errno == EACCES { continue }
                if errno == ENOENT { throw SpoolError.noQueue(place) }
                throw SpoolError(errno: errno, doing: "look into \(place)")
            }
            defer { close(directory) }
            let number = QueueHandle.eachName(in: directory) { name, _ in
                if isOurs ? TakenName.sequence(name) != nil : name.kind != .other {
                    count += events(name, from: isOurs ? TakenName.digits + 1 : 0)
                }
                return count < limit
            }
            if number != 0 { throw SpoolError(errno: number, doing: "read the directory \(place)") }
        }
        return min(count, limit)
    }

    /// - Parameter start: where the name begins that the file had in the queue.
    private static func events(_ name: FileName, from start: Int) -> Int {
        guard name.ends(with: ".ndjson"), name.bytes.dropFirst(start).starts(with: httpPrefix.utf8) else { return 1 }
        let digits = name.bytes.dropLast(".ndjson".utf8.count).reversed().prefix { $0 >= 0x30 && $0 <= 0x39 }
        let mark = name.bytes.count - ".ndjson".utf8.count - digits.count - 1
        guard (1...7).contains(digits.count), mark >= 0, name.bytes[mark] == UInt8(ascii: "-") else { return 1 }
        return digits.reversed().reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
