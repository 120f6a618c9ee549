// What can go wrong with the queue directory itself. What is wrong with one file is a `Rejection`.

import Glibc

/// A fault of the queue directory: where, what, and how to mend it.
public struct SpoolError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The directory is not there, or its parent is not.
        case notFound
        /// Something that is no directory stands in its place.
        case notADirectory
        case permission
        /// Another process holds the lock.
        case alreadyRunning
        case diskFull
        case readOnly
        /// Too many open files.
        case tooManyFiles
        /// A name that cannot be used: unknown, or not a plain name.
        case badName
        case io
    }

    public var code: Code
    public var message: String
    /// The `errno` behind it, where the system refused.
    public var cause: Int32?

    public init(_ code: Code, _ message: String, cause: Int32? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// A refusal of the system, in words: `cannot DOING: REASON; ADVICE`.
    public init(errno number: Int32, doing: String) {
        let (code, advice): (Code, String) =
            switch number {
            case ENOENT: (.notFound, "; create the directory above it, or correct the path")
            case ENOTDIR: (.notADirectory, "; move away what stands in its place, or correct the path")
            case EACCES, EPERM: (.permission, "; let this user write there (chown or chmod), or run as its owner")
            case ENOSPC, EDQUOT: (.diskFull, "; make room on that file system (df -h, df -i)")
            case EROFS: (.readOnly, "; remount the file system for writing")
            case EMFILE, ENFILE: (.tooManyFiles, "; raise the limit of open files (ulimit -n)")
            default: (.io, "")
            }
        self.init(code, "cannot \(doing): \(SpoolError.words(number))\(advice)", cause: number)
    }

    public var description: String { message }

    /// There is no queue directory: nothing is wrong with it where the router has not run yet.
    static func noQueue(_ path: String) -> SpoolError {
        SpoolError(
            .notFound,
            "there is no queue directory \(path) yet: the router has not run, and creates it when it starts; "
                + "if it has run, correct `router.queue`", cause: ENOENT)
    }

    /// The system's words for an `errno`.
    static func words(_ number: Int32) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}

/// Trouble that passes, or that somebody has to mend, while the spool goes on trying.
public struct SpoolTrouble: Sendable, Equatable {
    public var error: SpoolError
    /// How many times the same was kept back since it was last reported.
    public var suppressed: Int
}
