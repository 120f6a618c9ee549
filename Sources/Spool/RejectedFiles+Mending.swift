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
        return (describe(found, size: stamp.size, in: directory), content(found, in: directory, limit: limit))
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
