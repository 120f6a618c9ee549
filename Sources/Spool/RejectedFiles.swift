// What could not be accepted: listing it. It works on the directory alone, with or without a running router, and puts
// up with whatever people do in there.

import Foundation
import Glibc
import Incidents
import JSON

/// One file in `rejected/`.
public struct RejectedFile: Sendable, Equatable {
    /// In `rejected/`.
    public var name: String
    /// As it was dropped, where the reason says so.
    public var file: String?
    /// One of `RejectionCode`, as written; nil where no reason stands beside it, or none that can be read.
    public var code: String?
    public var message: String?
    public var line: Int?
    public var column: Int?
    public var pointer: String?
    public var at: Date?
    /// Bytes.
    public var size: Int
    /// How many reasons there are; of lines, one for each. The members above are the first one's.
    public var reasons: Int
    /// All that was wrong is that its id was seen before with other content, and it has not been changed since: put back as it is, it
    /// would be rejected again.
    public var isConflictStill = false
    /// The user id of whoever dropped it; the router's own of lines that it kept of a file. Known where it was asked for by `read`.
    public var owner: UInt32?
}

public enum RejectedFiles {
    static let reasonSuffix = ".reason.json"
    static let reasonsSuffix = ".reason.ndjson"
    /// What is being written, and is no rejected file yet.
    static let draftPrefix = ".tocsin-"
    /// Of one reason file, this much is read, in bytes.
    static let maximumReason = 1 << 20

    /// The rejected files of a queue directory, by name.
    ///
    /// - Throws: `SpoolError`; `.notFound` where there is no queue directory, because the router has not run yet. A queue
    ///   without `rejected/` has no rejected files.
    public static func list(queue: String) throws(SpoolError) -> [RejectedFile] {
        guard let directory = try open(queue: queue) else { return [] }
        defer { close(directory) }
        var files: [RejectedFile] = []
        for name in try names(in: directory, queue: queue).sorted() {
            guard let stamp = FileStamp.of(name, in: directory) else { continue }
            files.append(describe(name, stamp, in: directory))
        }
        return files
    }

    /// Names in `rejected/` that are no reasons and no drafts.
    static func names(in directory: Int32, queue: String) throws(SpoolError) -> [FileName] {
        var names: [FileName] = []
        let number = QueueHandle.eachName(in: directory) { name, _ in
            if !isReason(name), name.bytes.first != UInt8(ascii: ".") { names.append(name) }
            return true
        }
        if number != 0 { throw SpoolError(errno: number, doing: "read \(SpoolDirectory(path: queue).rejected)") }
        return names
    }

    /// Nil where nothing has ever been rejected.
    static func open(queue: String) throws(SpoolError) -> Int32? {
        let places = SpoolDirectory(path: queue)
        let directory = Glibc.open(places.rejected, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 { return directory }
        let number = errno
        if number == ENOENT, access(places.path, F_OK) == 0 { return nil }
        if number == ENOENT { throw SpoolError.noQueue(places.path) }
        throw SpoolError(errno: number, doing: "look into \(places.rejected)")
    }

    static func isReason(_ name: FileName) -> Bool { name.ends(with: ".reason.json") || name.ends(with: ".reason.ndjson") }

    /// The name under which a file is kept: its own, unless that is too long to have a reason beside it, or would pass
    /// for a reason itself.
    static func storedName(_ original: FileName) -> FileName {
        let short = original.shortened(leaving: 24)
        guard isReason(short), let dot = short.bytes.lastIndex(of: UInt8(ascii: ".")) else { return short }
        return FileName(bytes: Array(short.bytes[..<dot]) + [UInt8(ascii: "~")] + Array(short.bytes[dot...]))
    }

    /// Whether each of the reasons is that the id was seen before. A great many are not looked through.
    private static func isConflict(_ reasons: [ArraySlice<UInt8>]) -> Bool {
        reasons.count <= 1_000
            && reasons.allSatisfy { reason in
                (try? JSONValue.parse(bytes: Array(reason)))?["code"]?.string == RejectionCode.idConflict.rawValue
            }
    }

    /// The first bytes of a regular file; nil where there is none.
    static func content(_ name: FileName, in directory: Int32, limit: Int) -> [UInt8]? {
        let file = name.withPath { openat(directory, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard let stamp = FileStamp.of(file), stamp.isRegular else { return nil }
        return QueueHandle.read(file, expecting: stamp.size, limit: limit)
    }

    /// The name that the first reason gives to its file.
    static func reasonFile(_ bytes: [UInt8]) -> FileName? {
        let first = bytes.prefix { $0 != 0x0A }
        return (try? JSONValue.parse(bytes: Array(first)))?["file"]?.string.map { FileName($0) }
    }

    static func describe(_ name: FileName, _ stamp: FileStamp, in directory: Int32) -> RejectedFile {
        var file = RejectedFile(name: name.text, size: stamp.size, reasons: 0)
        for suffix in [reasonSuffix, reasonsSuffix] {
            guard let bytes = content(name.appending(suffix), in: directory, limit: maximumReason) else { continue }
            // Somebody may have laid the one reason out over several lines.
            let lines = suffix == reasonSuffix ? [bytes[...]] : bytes.split(separator: 0x0A)
            guard let first = lines.first, let reason = try? JSONValue.parse(bytes: Array(first)), reason.object != nil else { continue }
            file.file = reason["file"]?.string
            file.code = reason["code"]?.string
            file.message = reason["message"]?.string
            file.line = reason["line"]?.integer
            file.column = reason["column"]?.integer
            file.pointer = reason["pointer"]?.string
            file.at = reason["at"]?.string.flatMap { Timestamp.parse($0) }
            file.reasons = lines.count
            file.isConflictStill = isConflict(lines) && file.at.map { stamp.modifiedDate < $0.addingTimeInterval(1) } ?? false
            return file
        }
        return file
    }
}
