// `tokens.json` on the disk: read whole, changed under a lock, replaced in one step, never through a symbolic link.

import Foundation
import Glibc
import Incidents
import JSON

/// What is wrong with the file of tokens: where, what, and how to mend it.
public struct TokenError: Error, Sendable, Equatable, CustomStringConvertible {
    public var message: String

    public init(_ message: String) { self.message = message }

    init(errno number: Int32, doing: String) {
        let words = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        let advice =
            switch number {
            case EACCES, EPERM: "; run it as the router's user"
            case ELOOP: "; a symbolic link is not followed: remove it"
            default: ""
            }
        self.init("cannot \(doing): \(words)\(advice)")
    }

    public var description: String { message }
}

/// The file in one state directory.
struct TokenFile: Sendable {
    /// One token as it is kept.
    struct Record: Sendable, Equatable {
        var token: AccessToken
        /// SHA-256 of its text.
        var digest: [UInt8]
    }

    /// Tells one state of the file from another.
    struct Stamp: Equatable, Sendable {
        var inode: UInt64
        var size: Int
        var seconds: Int
        var nanoseconds: Int
        /// Of the last change of its rights or its owner, and those rights: what was not believed may be now.
        var changedSeconds: Int
        var changedNanoseconds: Int
        var mode: UInt32
    }

    static let name = "tokens.json"
    private static let lockName = "tokens.lock"
    private static let limit = 4 << 20

    let state: String
    var path: String { state + "/" + Self.name }

    /// Nil where there is no file.
    var stamp: Stamp? {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return nil }
        return Stamp(
            inode: UInt64(facts.st_ino), size: Int(facts.st_size), seconds: facts.st_mtim.tv_sec, nanoseconds: facts.st_mtim.tv_nsec,
            changedSeconds: facts.st_ctim.tv_sec, changedNanoseconds: facts.st_ctim.tv_nsec, mode: UInt32(facts.st_mode))
    }

    /// All tokens; none where there is no file.
    func read() throws(TokenError) -> [Record] {
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { return [] }
            throw TokenError(errno: errno, doing: "read \(path)")
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw TokenError(errno: errno, doing: "look at \(path)") }
        guard facts.st_mode & S_IFMT == S_IFREG, Int(facts.st_size) <= Self.limit else {
            throw TokenError("\(path) is no file of tokens; move it away")
        }
        guard facts.st_mode & 0o022 == 0 else {
            throw TokenError("\(path) can be written by others, so it is not believed; run chmod 600 on it")
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= Self.limit {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count == 0 { break }
            if count > 0 { bytes += chunk[..<count] } else if errno != EINTR { throw TokenError(errno: errno, doing: "read \(path)") }
        }
        return try Self.records(bytes, path)
    }

    /// Reads, lets the caller change, and replaces the file. When it returns, the change survives a loss of power.
    func change<Result>(_ body: (inout [Record]) throws(TokenError) -> Result) throws(TokenError) -> Result {
        let directory = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw TokenError(errno: errno, doing: "open the state directory \(state)") }
        defer { close(directory) }
        let lock = openat(directory, Self.lockName, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw TokenError(errno: errno, doing: "open \(state)/\(Self.lockName)") }
        defer { close(lock) }
        Self.give(lock, toOwnerOf: directory)
        while flock(lock, LOCK_EX) != 0 {
            if errno != EINTR { throw TokenError(errno: errno, doing: "lock \(state)/\(Self.lockName)") }
        }
        var records = try read()
        let result = try body(&records)
        try write(Self.bytes(records), in: directory)
        return result
    }

    private func write(_ bytes: [UInt8], in directory: Int32) throws(TokenError) {
        let draft = ".tokens-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let file = openat(directory, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw TokenError(errno: errno, doing: "write to \(state)") }
        Self.give(file, toOwnerOf: directory)
        var failure: Int32 = 0
        var done = 0
        while done < bytes.count, failure == 0 {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: done), bytes.count - done) }
            if count >= 0 { done += count } else if errno != EINTR { failure = errno }
        }
        if failure == 0, fsync(file) != 0 { failure = errno }
        close(file)
        if failure == 0, renameat(directory, draft, directory, Self.name) != 0 { failure = errno }
        if failure != 0 {
            unlinkat(directory, draft, 0)
            throw TokenError(errno: failure, doing: "write \(path)")
        }
        fsync(directory)
    }

    /// What root makes for a router that runs as another user must be that user's.
    private static func give(_ file: Int32, toOwnerOf directory: Int32) {
        var facts = stat()
        guard geteuid() == 0, fstat(directory, &facts) == 0, facts.st_uid != 0 else { return }
        _ = fchown(file, facts.st_uid, facts.st_gid)
    }
}

extension TokenFile {
    static func bytes(_ records: [Record]) -> [UInt8] {
        let tokens = records.map { record -> JSONValue in
            var members: [String: JSONValue] = [
                "id": .string(record.token.id), "name": .string(record.token.name),
                "scopes": .array(record.token.scopes.sorted().map { .string($0.rawValue) }), "sha256": .string(hex(record.digest)),
                "created_at": .string(Timestamp.format(record.token.createdAt)),
            ]
            members["expires_at"] = record.token.expiresAt.map { .string(Timestamp.format($0)) }
            return .object(members)
        }
        return JSONValue.object(["version": 1, "tokens": .array(tokens)]).bytes + [0x0A]
    }

    static func records(_ bytes: [UInt8], _ path: String) throws(TokenError) -> [Record] {
        let document: JSONValue
        do {
            document = try JSONValue.parse(bytes: bytes)
        } catch {
            throw TokenError("\(path) is damaged (\(error)); move it away, and make new tokens")
        }
        guard document["version"]?.integer == 1, let tokens = document["tokens"]?.array else {
            throw TokenError("\(path) is of another version of Tocsin; move it away, and make new tokens")
        }
        var records: [Record] = []
        for token in tokens {
            guard let id = token["id"]?.string, let name = token["name"]?.string, let digest = token["sha256"]?.string.flatMap(unhex),
                let created = token["created_at"]?.string.flatMap(Timestamp.parse)
            else { throw TokenError("\(path) is damaged: a token in it lacks a member; move it away, and make new tokens") }
            let expires = token["expires_at"]?.string
            let expiry = expires.map { Timestamp.parse($0) ?? Date(timeIntervalSince1970: 0) }
            // A scope that this version does not know gives no right.
            let scopes = (token["scopes"]?.array ?? []).compactMap { $0.string.flatMap(Scope.init(rawValue:)) }
            records.append(
                Record(
                    token: AccessToken(id: id, name: name, scopes: Set(scopes), createdAt: created, expiresAt: expiry), digest: digest))
        }
        return records
    }

    private static func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }

    private static func unhex(_ text: String) -> [UInt8]? {
        guard text.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var digits = text[...]
        while !digits.isEmpty {
            guard let byte = UInt8(digits.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            digits = digits.dropFirst(2)
        }
        return bytes
    }
}
