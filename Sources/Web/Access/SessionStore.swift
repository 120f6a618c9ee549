// Who is signed in on the page. Sessions live in memory: a restart ends them, and so does the revocation of their token.

import Cryptography
import Foundation
import Synchronization

/// The sessions of one server.
final class SessionStore: Sendable {
    private struct Session {
        /// Its id.
        var token: String
        var expires: Date
    }

    /// Whose a token is; nil: nobody's.
    private let check: @Sendable (String, Date) -> AccessToken?
    /// The token of an id, for as long as it is good.
    private let known: @Sendable (String, Date) -> AccessToken?
    /// By the digest of what the cookie says: looking one up tells nothing of the others.
    private let sessions = Mutex<[String: Session]>([:])
    private let failures = Mutex<[String: [Date]]>([:])
    /// Of the tokens in forms. New with each start.
    private let key: [UInt8]

    /// Of all; the oldest makes room.
    private static let maximumSessions = 10_000
    private static let maximumAddresses = 10_000
    private static let allowedFailures = 5
    private static let failureWindow: TimeInterval = 300

    /// - Parameters:
    ///   - check: asked at a sign-in, with the text of a token.
    ///   - known: asked at each request of a session, with the id of the token by which it began.
    init(
        check: @escaping @Sendable (String, Date) -> AccessToken?, known: @escaping @Sendable (String, Date) -> AccessToken?
    ) {
        self.check = check
        self.known = known
        key = RandomBytes.make(32) ?? Array("\(UUID())\(UUID())".utf8)
    }

    enum SignIn: Equatable {
        /// What the cookie is to say.
        case done(String)
        case wrongToken
        /// A token that only drops events.
        case noRight
        /// A wrong token, after too many failures from there: again after so many seconds.
        case later(Int)
    }

    /// Begins a session.
    ///
    /// - Parameters:
    ///   - address: the client's; failures are counted by it.
    ///   - lasts: seconds.
    func signIn(_ text: String, from address: String?, lasts: TimeInterval, now: Date) -> SignIn {
        let place = Self.place(address)
        let recent = failures.withLock { failures in
            (failures[place] ?? []).filter { now.timeIntervalSince($0) < Self.failureWindow }
        }
        // A good token is always good: with so many bits there is nothing to guess, and nobody shuts out those who share an address.
        guard text.utf8.count <= 1_000, let token = check(text, now) else {
            if recent.count >= Self.allowedFailures, let first = recent.first {
                return .later(max(1, Int((Self.failureWindow - now.timeIntervalSince(first)).rounded(.up))))
            }
            note(failure: now, of: place, recent)
            return .wrongToken
        }
        guard token.scopes.contains(where: { $0.allows(.read) }) else { return .noRight }
        failures.withLock { $0[place] = nil }
        guard let bytes = RandomBytes.make(32) else { return .later(1) }
        let id = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let session = Session(token: token.id, expires: now.addingTimeInterval(lasts))
        sessions.withLock { sessions in
            if sessions.count >= Self.maximumSessions { sessions = sessions.filter { $0.value.expires > now } }
            if sessions.count >= Self.maximumSessions, let oldest = sessions.min(by: { $0.value.expires < $1.value.expires })?.key {
                sessions[oldest] = nil
            }
            sessions[Self.digest(id)] = session
        }
        return .done(id)
    }

    private func note(failure: Date, of place: String, _ recent: [Date]) {
        failures.withLock { failures in
            if failures.count >= Self.maximumAddresses {
                failures = failures.filter { $0.value.contains { failure.timeIntervalSince($0) < Self.failureWindow } }
                // Still full: whoever uses that many addresses is not to make this grow.
                if failures.count >= Self.maximumAddresses { failures = [:] }
            }
            failures[place] = recent + [failure]
        }
    }

    /// Who the cookie says they are; nil where the session is over, or its token was revoked or has expired.
    func identity(_ cookie: String, now: Date) -> Identity? {
        let id = Self.digest(cookie)
        guard let session = sessions.withLock({ $0[id] }) else { return nil }
        guard session.expires > now, let token = known(session.token, now) else {
            sessions.withLock { $0[id] = nil }
            return nil
        }
        let scopes = token.scopes.filter { $0 != .intake }
        return scopes.isEmpty ? nil : Identity(name: token.name, scopes: scopes, way: .session(id: id))
    }

    func signOut(_ cookie: String) { sessions.withLock { $0[Self.digest(cookie)] = nil } }

    /// What their forms must hold; nil for programs, which send none.
    func formToken(_ identity: Identity) -> String? {
        let subject: String
        switch identity.way {
        case .token: return nil
        case .session(let id): subject = "session\n\(id)"
        case .proxy: subject = "proxy\n\(identity.name)"
        }
        return SHA256.hex(HMAC.sha256(Array(subject.utf8), key: key))
    }

    /// - Returns: true for programs, whatever they send: no browser sends a token of theirs by itself.
    func isFormToken(_ text: String, of identity: Identity) -> Bool {
        guard let wanted = formToken(identity) else { return true }
        return HMAC.isEqual(Array(text.utf8), Array(wanted.utf8))
    }

    private static func digest(_ cookie: String) -> String { SHA256.hex(Array(cookie.utf8)) }

    /// An address, or of IPv6 its network of /64: who has one has all of them.
    private static func place(_ address: String?) -> String {
        guard let address, let bytes = Networks.bytes(address) else { return "" }
        return SHA256.hex(bytes.count == 16 ? Array(bytes.prefix(8)) : bytes)
    }
}
