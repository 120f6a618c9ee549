// Rejected files that somebody mends elsewhere than on the disk: read, and put away once what is right has been dropped.

import Glibc

extension RejectedFiles {
    /// A rejected file's description and its content.
    ///
    /// - Parameter limit: bytes of its content that are read.
    /// - Returns: nil where there is no such file. The content is nil where it is no regular file, or cannot be read.
    /// - Throws: `SpoolError` where the directory cannot be read.
    public static func read(
        queue: String, name: String, limit: Int
    ) throws(SpoolError) -> (file: RejectedFile, content: [UInt8]?)? {
        guard let directory = try open(queue: queue) else { return nil }
        defer { close(directory) }
        guard let found = try known(name, in: directory, queue: queue), let stamp = FileStamp.of(found, in: directory) else { return nil }
        var file = describe(found, stamp, in: directory)
        file.owner = stamp.owner
        return (file, content(found, in: directory, limit: limit))
    }

    /// The names of all rejected files, in their order.
    ///
    /// - Throws: as `list`.
    public static func names(queue: String) throws(SpoolError) -> [String] {
        guard let directory = try open(queue: queue) else { return [] }
        defer { close(directory) }
        return try names(in: directory, queue: queue).map(\.text).sorted()
    }

    /// The first rejected files by name, and how many there are: only those that are asked for are looked at.
    ///
    /// - Throws: as `list`.
    public static func first(_ limit: Int, queue: String) throws(SpoolError) -> (files: [RejectedFile], count: Int) {
        guard let directory = try open(queue: queue) else { return ([], 0) }
        defer { close(directory) }
        let names = try names(in: directory, queue: queue).sorted()
        var files: [RejectedFile] = []
        for name in names.prefix(limit) {
            guard let stamp = FileStamp.of(name, in: directory) else { continue }
            files.append(describe(name, stamp, in: directory))
        }
        return (files, names.count)
    }

    /// Those of some files that would only be rejected again as they are (`RejectedFile.isConflictStill`).
    ///
    /// - Throws: as `list`.
    public static func conflicting(queue: String, names wanted: [String]) throws(SpoolError) -> [String] {
        guard let directory = try open(queue: queue) else { return [] }
        defer { close(directory) }
        let wanted = Set(wanted)
        var found: [String] = []
        for name in try names(in: directory, queue: queue).sorted() where wanted.contains(name.text) {
            guard let stamp = FileStamp.of(name, in: directory), describe(name, stamp, in: directory).isConflictStill else { continue }
            found.append(name.text)
        }
        return found
    }

    /// Removes a rejected file and its reasons: what it said has been said again, or nobody wants it any more.
    ///
    /// - Returns: false where there is no such file.
    /// - Throws: `SpoolError` where it cannot be removed.
    public static func discard(queue: String, name: String) throws(SpoolError) -> Bool {
        guard let directory = try open(queue: queue) else { return false }
        defer { close(directory) }
        guard let found = try known(name, in: directory, queue: queue) else { return false }
        if found.withPath({ unlinkat(directory, $0, 0) }) != 0 {
            if errno == ENOENT { return false }
            throw SpoolError(errno: errno, doing: "remove \(SpoolDirectory(path: queue).rejected)/\(found.text)")
        }
        for suffix in [reasonSuffix, reasonsSuffix] { _ = found.appending(suffix).withPath { unlinkat(directory, $0, 0) } }
        return true
    }

    /// Only what is listed has a name here: so no name leads out of the directory.
    private static func known(_ name: String, in directory: Int32, queue: String) throws(SpoolError) -> FileName? {
        try names(in: directory, queue: queue).first { $0.text == name }
    }
}
