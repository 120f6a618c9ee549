// Dropping an event the way a careful producer does: written aside, seen to the disk, renamed.

import Glibc
import JSON

/// Puts documents into a queue directory, with or without a running router.
public enum EventDrop {
    /// Drops one event. When this returns, it survives a loss of power.
    ///
    /// - Parameters:
    ///   - document: the event.
    ///   - queue: the path of the queue directory.
    ///   - name: a plain name that ends in `.json`; where it is taken, a number is put before the ending.
    /// - Returns: the name that it has in the queue.
    /// - Throws: `SpoolError` where there is no such directory, no permission, no room, or the name cannot be used.
    @discardableResult
    public static func drop(_ document: JSONValue, into queue: String, name: String) throws(SpoolError) -> String {
        let places = SpoolDirectory(path: queue)
        let wish = FileName(name)
        guard wish.kind == .json, !name.contains("/"), !wish.bytes.contains(0), wish.bytes.count <= FileName.maximumLength else {
            throw SpoolError(.badName, "`\(name)` cannot be dropped: a plain name that ends in .json and has up to 255 bytes is needed")
        }
        let bytes = document.bytes
        guard bytes.count <= TakenFile.maximumJSON else {
            throw SpoolError(.badName, "the event has \(bytes.count) bytes; a .json file may have 1 MiB")
        }
        return try put(bytes, wish, places)
    }

    /// Drops a file of many events, one a line. When this returns, it survives a loss of power; when it throws, nothing of it will
    /// ever be taken.
    ///
    /// - Parameters:
    ///   - lines: up to 64 MiB, each line with its line feed, up to 1 MiB a line.
    ///   - queue: the path of the queue directory.
    ///   - name: a plain name that ends in `.ndjson`; where it is taken, a number is put before the ending.
    /// - Returns: the name that it has in the queue.
    /// - Throws: `SpoolError` as for one event.
    @discardableResult
    public static func drop(lines: [UInt8], into queue: String, name: String) throws(SpoolError) -> String {
        let wish = FileName(name)
        guard wish.kind == .ndjson, !name.contains("/"), !wish.bytes.contains(0), wish.bytes.count <= FileName.maximumLength else {
            throw SpoolError(.badName, "`\(name)` cannot be dropped: a plain name that ends in .ndjson and has up to 255 bytes is needed")
        }
        guard lines.count <= TakenFile.maximumNDJSON else {
            throw SpoolError(.badName, "the events have \(lines.count) bytes; an .ndjson file may have 64 MiB")
        }
        return try put(lines, wish, SpoolDirectory(path: queue))
    }

    /// Aside, to the disk, and to its place.
    private static func put(_ bytes: [UInt8], _ wish: FileName, _ places: SpoolDirectory) throws(SpoolError) -> String {
        let target = open(places.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard target >= 0 else {
            let number = errno
            if number == ENOENT {
                throw SpoolError(
                    .notFound,
                    "there is no queue directory \(places.path); start the router once, create the directory, or correct `router.queue`",
                    cause: number)
            }
            throw SpoolError(errno: number, doing: "open the queue directory \(places.path)")
        }
        defer { close(target) }
        let staged = try stage(bytes, wish, places, target)
        defer { close(staged.directory) }
        for number in 0..<10_000 {
            let candidate = number == 0 ? wish : wish.numbered(number)
            let failure = QueueHandle.move(staged.name, in: staged.directory, to: candidate, in: target)
            if failure == EEXIST { continue }
            if failure != 0 {
                _ = staged.name.withPath { unlinkat(staged.directory, $0, 0) }
                throw SpoolError(errno: failure, doing: "put \(candidate.text) into \(places.path)")
            }
            if fsync(target) != 0, errno != EINVAL { throw SpoolError(errno: errno, doing: "see \(places.path) to the disk") }
            return candidate.text
        }
        _ = staged.name.withPath { unlinkat(staged.directory, $0, 0) }
        throw SpoolError(.badName, "\(places.path) holds too many files named like \(wish.text); is the router running?")
    }

    /// Writes the file aside: in `tmp/`, or, where that belongs to somebody else, in the queue under a name that is
    /// left alone. The directory is the caller's to close.
    private static func stage(
        _ bytes: [UInt8], _ wish: FileName, _ places: SpoolDirectory, _ target: Int32
    ) throws(SpoolError) -> (directory: Int32, name: FileName) {
        if mkdirat(target, "tmp", 0o777) != 0, errno != EEXIST, errno != EACCES, errno != EPERM {
            throw SpoolError(errno: errno, doing: "create \(places.staging)")
        }
        let mark = "\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let staging = openat(target, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if staging >= 0 {
            let name = FileName(mark + ".json")
            let number = QueueHandle.write(bytes, to: name, in: staging)
            if number == 0 { return (staging, name) }
            close(staging)
            if number != EACCES, number != EPERM { throw SpoolError(errno: number, doing: "write to \(places.staging)") }
        }
        let name = FileName(".\(mark).tmp")
        let number = QueueHandle.write(bytes, to: name, in: target)
        if number != 0 { throw SpoolError(errno: number, doing: "write to the queue directory \(places.path)") }
        let copy = openat(target, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if copy < 0 {
            let number = errno
            _ = name.withPath { unlinkat(target, $0, 0) }
            throw SpoolError(errno: number, doing: "open \(places.path)")
        }
        return (copy, name)
    }
}
