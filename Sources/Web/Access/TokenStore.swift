// The tokens of the HTTP side: `tokens.json` in the state directory, by their hashes.

import Cryptography
import Foundation
import Incidents
import Synchronization

/// A token, without its text: that is printed once and kept nowhere.
public struct AccessToken: Sendable, Equatable {
    /// Short, for lists and for `revoke`.
    public var id: String
    public var name: String
    public var scopes: Set<Scope>
    public var createdAt: Date
    public var expiresAt: Date?

    /// Past its expiry.
    public func isExpired(at now: Date) -> Bool { expiresAt.map { $0 <= now } ?? false }
}

/// Reads and changes `STATE/tokens.json`; commands and the running router use it at the same time.
public final class TokenStore: Sendable {
    /// The longest name of a token, in characters.
    public static let maximumName = 100
    /// Seconds until a file that could not be read is tried again, where it has not changed.
    private static let pause = 1.0

    let state: String
    private let file: TokenFile
    private let known = Mutex<Known>(Known())

    private struct Known {
        var records: [String: TokenFile.Record] = [:]
        var stamp: TokenFile.Stamp?
        var trouble: TokenError?
        /// What could not be read, and when it was tried: not with every request.
        var failed: (stamp: TokenFile.Stamp?, at: Double)?
    }

    public init(state: String) {
        self.state = state
        file = TokenFile(state: state)
    }

    /// Whose token this is; nil where it is nobody's, has expired, or was revoked. Constant time for each known token.
    public func token(_ text: String, now: Date) -> AccessToken? {
        guard let id = TokenText.id(of: text) else { return nil }
        let record = records()[id]
        // Compared in any case: how long it takes does not tell whether the id is known.
        let isRight = HMAC.isEqual(record?.digest ?? [UInt8](repeating: 0, count: 32), TokenText.digest(text))
        guard let record, isRight, !record.token.isExpired(at: now) else { return nil }
        return record.token
    }

    /// The token of this id, for what it opened earlier, such as a session; nil where it has expired or was revoked.
    public func token(id: String, now: Date) -> AccessToken? {
        guard let token = records()[id]?.token, !token.isExpired(at: now) else { return nil }
        return token
    }

    /// Why the file cannot be read now; then what was read last is still in force.
    public var trouble: TokenError? { known.withLock { $0.trouble } }

    /// All tokens, the oldest first; expired ones too.
    public func tokens() throws(TokenError) -> [AccessToken] {
        try file.read().map(\.token).sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    /// Makes a token.
    ///
    /// - Parameters:
    ///   - name: who has it: what the `source` of its events is, where they name none. Up to 100 characters, on one line.
    ///   - expiresAt: nil: never.
    /// - Returns: the token, and its text: the only time that anybody sees it.
    /// - Throws: `TokenError` where the state directory cannot be written, or the name cannot be used.
    public func create(name: String, scopes: Set<Scope>, expiresAt: Date? = nil, now: Date) throws(TokenError) -> (AccessToken, String) {
        let isPlain = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard !name.isEmpty, name.unicodeScalars.count <= Self.maximumName, isPlain else {
            throw TokenError("the name of a token has 1 to \(Self.maximumName) characters, on one line")
        }
        guard let made = TokenText.make() else { throw TokenError("the system gives no randomness, so no token can be made") }
        let token = AccessToken(id: made.id, name: name, scopes: scopes, createdAt: now, expiresAt: expiresAt)
        try file.change { (records: inout [TokenFile.Record]) throws(TokenError) in
            records.append(TokenFile.Record(token: token, digest: TokenText.digest(made.text)))
        }
        return (token, made.text)
    }

    /// Ends a token for good; a running router sees it with its next request.
    ///
    /// - Returns: the token that was ended; nil where there is none of this id.
    public func revoke(_ id: String) throws(TokenError) -> AccessToken? {
        // Nothing is written, and no state directory is needed, where there is nothing to end.
        guard try file.read().contains(where: { $0.token.id == id }) else { return nil }
        return try file.change { (records: inout [TokenFile.Record]) throws(TokenError) -> AccessToken? in
            defer { records.removeAll { $0.token.id == id } }
            return records.first { $0.token.id == id }?.token
        }
    }

    /// What is in the file: read again whenever it is another one. Looking costs one `lstat`.
    private func records() -> [String: TokenFile.Record] {
        let stamp = file.stamp
        return known.withLock { known in
            guard known.stamp != stamp || known.trouble != nil else { return known.records }
            if let failed = known.failed, failed.stamp == stamp, Monotonic.seconds - failed.at < Self.pause { return known.records }
            do throws(TokenError) {
                let read = try file.read()
                known.records = Dictionary(read.map { ($0.token.id, $0) }, uniquingKeysWith: { first, _ in first })
                (known.stamp, known.trouble, known.failed) = (stamp, nil, nil)
            } catch {
                // A file that is damaged by hand shuts nobody out who was in.
                (known.trouble, known.failed) = (error, (stamp, Monotonic.seconds))
            }
            return known.records
        }
    }
}
