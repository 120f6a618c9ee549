// The key of links and codes: `links.key` in the state directory, 32 random bytes that only the router's user can read.

import Cryptography
import Foundation
import Glibc
import Ledger
import Spool

/// Why there is no key; the message says how to mend it.
public struct LinksKeyError: Error, Sendable, CustomStringConvertible {
    public var message: String
    /// There is none yet.
    public var isMissing = false
    var kind = LedgerError.Code.io
    public var description: String { message }

    /// Said as of the state directory that it lies in: nothing is wrong with routes.yaml.
    var stateFault: LedgerError { LedgerError(kind, message) }
}

extension Links {
    static let keySize = 32

    /// The links of a state directory.
    ///
    /// - Parameter makesKey: where there is none yet, makes it: once, never over another file. Otherwise that is an error.
    public static func load(
        state: String, publicURL: String?, makesKey: Bool = false
    ) throws(LinksKeyError) -> Links {
        let file = LinksKeyFile(path: state.hasSuffix("/") ? state + "links.key" : state + "/links.key", state: state)
        if let key = try file.read() { return Links(key: key, publicURL: publicURL) }
        guard makesKey else {
            throw LinksKeyError(message: "there is no key \(file.path) yet: the router has not run here", isMissing: true)
        }
        try file.make()
        // Another process may have been quicker: what stands there counts.
        guard let key = try file.read() else { throw LinksKeyError(message: "the key \(file.path) was made, and is gone again") }
        return Links(key: key, publicURL: publicURL)
    }
}

private struct LinksKeyFile {
    let path: String
    let state: String

    /// Nil: there is none.
    func read() throws(LinksKeyError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            if errno == ELOOP {
                throw LinksKeyError(message: "the key \(path) is a symbolic link, and is not followed; put the file itself there")
            }
            if errno == EACCES {
                throw LinksKeyError(
                    message: "the key \(path) is another user's: run as its owner, or give the state directory to this user (chown -R)",
                    kind: .permission)
            }
            throw Self.fault("read the key \(path)", errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw LinksKeyError(message: "the key \(path) is not a regular file; move it away, or put the file itself there")
        }
        // A backup that was put back may have lost its mode.
        if status.st_mode & 0o077 != 0, fchmod(descriptor, 0o600) != 0 {
            throw LinksKeyError(message: "others can read the key \(path): `chmod 600` it")
        }
        var key = [UInt8](repeating: 0, count: Links.keySize + 1)
        let count = Glibc.read(descriptor, &key, key.count)
        guard count == Links.keySize else {
            throw LinksKeyError(
                message:
                    "the key \(path) is damaged: it must have \(Links.keySize) bytes; restore it from a backup, or delete it: then a new "
                    + "one is made, and links and codes that went out before do nothing any more")
        }
        return Array(key.prefix(count))
    }

    /// Written aside, and then named, so that half a key is never seen.
    func make() throws(LinksKeyError) {
        guard let key = RandomBytes.make(Links.keySize) else {
            throw LinksKeyError(message: "the key \(path) cannot be made: the system gives no random bytes")
        }
        let draft = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max))"
        let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.fault("make the key \(path)", errno) }
        defer { unlink(draft) }
        fchmod(descriptor, 0o600)
        let isWritten = write(descriptor, key, key.count) == key.count && fsync(descriptor) == 0
        let number = errno
        close(descriptor)
        guard isWritten else { throw Self.fault("make the key \(path)", number) }
        guard link(draft, path) == 0 || errno == EEXIST else { throw Self.fault("make the key \(path)", errno) }
        let directory = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    /// In the words of an unusable queue.
    private static func fault(_ doing: String, _ number: Int32) -> LinksKeyError {
        let kind: LedgerError.Code =
            switch number {
            case EACCES, EPERM, EROFS: .permission
            case ENOSPC, EDQUOT: .diskFull
            default: .io
            }
        return LinksKeyError(message: SpoolError(errno: number, doing: doing).message, kind: kind)
    }
}
