// The database file and its directory: who may read them, and whether what lies there is a ledger at all. Nothing here
// ever overwrites a file.

import Foundation
import Glibc

/// `STATE/ledger.sqlite`.
struct LedgerFile: Sendable {
    let directory: String
    var path: String { directory.hasSuffix("/") ? directory + "ledger.sqlite" : directory + "/ledger.sqlite" }
    private var log: String { path + "-wal" }

    static let magic = Array("SQLite format 3\0".utf8)

    /// Makes the directory (0700) and an empty file (0600) where there are none; the modes do not depend on the umask.
    func prepare() throws(LedgerError) {
        try prepareDirectory()
        guard let size = try size() else {
            if Self.size(of: log) ?? 0 > 0 {
                throw .damaged(path, cause: "the file is missing, but its log \(log) is there")
            }
            let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                if errno == EEXIST, try self.size() != nil { return }
                throw Self.failure("the ledger \(path) cannot be created")
            }
            fchmod(descriptor, 0o600)
            Glibc.close(descriptor)
            return
        }
        if size > 0 { return try check() }
        if Self.size(of: log) ?? 0 > 0 { throw .damaged(path, cause: "the file is empty, but its log \(log) is not") }
    }

    /// For reading only: the file must be there.
    func find() throws(LedgerError) {
        guard let size = try size(), size > 0 else {
            throw LedgerError(.noLedger, "no ledger in \(directory) yet: the router has not run")
        }
        try check()
    }

    var isWritable: Bool { access(path, W_OK) == 0 && access(directory, W_OK) == 0 }
    var hasLog: Bool { Self.size(of: log) != nil }

    func prepareDirectory() throws(LedgerError) {
        var status = stat()
        if stat(directory, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw LedgerError(.notADirectory, "\(directory) is not a directory; `router.state` must name one")
            }
            // An empty directory becomes ours; one that is in use keeps the mode that somebody gave it.
            let isOpenToOthers = status.st_mode & 0o077 != 0
            if isOpenToOthers, status.st_uid == geteuid(),
                (try? FileManager.default.contentsOfDirectory(atPath: directory))?.isEmpty ?? false
            {
                chmod(directory, 0o700)
            }
            return
        }
        if errno == ENOTDIR { throw LedgerError(.notADirectory, "a part of the path \(directory) is not a directory") }
        guard errno == ENOENT else { throw Self.failure("the state directory \(directory) cannot be looked at") }
        let parent = (directory as NSString).deletingLastPathComponent
        if !parent.isEmpty {
            // What is missing above is made with the usual mode; a failure shows in the next step.
            try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        }
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
            throw Self.failure("the state directory \(directory) cannot be created")
        }
        chmod(directory, 0o700)
    }

    private func size() throws(LedgerError) -> Int? {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw LedgerError(.foreign, "\(path) is not a regular file; move it away")
            }
            return Int(status.st_size)
        }
        switch errno {
        case ENOENT: return nil
        case ENOTDIR: throw LedgerError(.notADirectory, "\(directory) is not a directory; `router.state` must name one")
        default: throw Self.failure("the ledger \(path) cannot be looked at")
        }
    }

    /// The header as far as it can be judged without SQLite: what is no database at all is not handed to it.
    private func check() throws(LedgerError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("the ledger \(path) cannot be read") }
        defer { Glibc.close(descriptor) }
        var header = [UInt8](repeating: 0, count: 100)
        let count = pread(descriptor, &header, header.count, 0)
        guard count >= 0 else { throw Self.failure("the ledger \(path) cannot be read") }
        guard count == header.count, Array(header.prefix(Self.magic.count)) == Self.magic else {
            throw .damaged(path, cause: "the file does not begin as an SQLite database does")
        }
    }

    private static func size(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    static func failure(_ what: String) -> LedgerError {
        let number = errno
        let code: LedgerError.Code =
            switch number {
            case EACCES, EPERM, EROFS, ELOOP: .permission
            case ENOSPC, EDQUOT: .diskFull
            default: .io
            }
        let hint =
            switch number {
            case EROFS: ": its file system is mounted read-only; remount it for writing"
            case EMFILE, ENFILE: ": raise the limit of open files (ulimit -n)"
            case ENOSPC, EDQUOT: ": make room on that file system (df -h, df -i)"
            default: code == .permission ? ": check who owns it and its directory" : ""
            }
        return LedgerError(code, what + hint, cause: String(cString: strerror(number)))
    }
}

extension LedgerStore {
    /// Makes the state directory (0700) where there is none, so that it can be locked before the ledger is opened.
    ///
    /// - Throws: `notADirectory`, `permission`, `diskFull`, `io`.
    public static func prepare(directory: String) throws(LedgerError) { try LedgerFile(directory: directory).prepareDirectory() }
}
