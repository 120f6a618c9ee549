// A form that is sent twice acts once: by a double click where no script runs, by a browser that repeats what got no answer.

import Cryptography
import Foundation
import JSON

/// The form that each person sent last.
actor SentForms {
    /// One copy of a form, with what was written into it.
    struct Key: Sendable, Equatable {
        var whom: String
        /// Of all that it says: a form may have megabytes.
        private var digest: [UInt8]

        /// - Parameter token: of whoever sends it: the same for all of their forms.
        init(_ token: String, path: String, _ fields: [String: String]) {
            whom = token
            let said: JSONValue = ["path": .string(path), "fields": .object(fields.mapValues { .string($0) })]
            digest = SHA256.digest(said.canonicalBytes)
        }
    }

    private struct Sent {
        var key: Key
        var at: Date
        var outcome: Task<FormOutcome, any Error>
    }

    /// Seconds for which it is known.
    private static let memory: TimeInterval = 600
    /// People.
    private static let most = 1_000

    private var last: [String: Sent] = [:]

    /// What became of a form: what it does, or, where the same was just sent, what that did. Only the last form of each person
    /// counts: who goes back, and means it once more, has done something else meanwhile. What only showed the form again, or
    /// failed, may be sent again.
    ///
    /// - Parameter key: nil for programs: nobody sends their forms twice by mistake.
    func outcome(
        of key: Key?, now: Date, _ act: @escaping @Sendable () async throws -> FormOutcome
    ) async throws -> FormOutcome {
        guard let key else { return try await act() }
        if let known = last[key.whom], known.key == key, abs(now.timeIntervalSince(known.at)) < Self.memory {
            return try await known.outcome.value
        }
        if last.count >= Self.most { last = last.filter { abs(now.timeIntervalSince($0.value.at)) < Self.memory } }
        // Not the request's own task: whoever sends it again must find it done, also where the first connection is gone.
        let outcome = Task { try await act() }
        last[key.whom] = Sent(key: key, at: now, outcome: outcome)
        do {
            let done = try await outcome.value
            if case .page = done { forget(key) }
            return done
        } catch {
            forget(key)
            throw error
        }
    }

    private func forget(_ key: Key) {
        if last[key.whom]?.key == key { last[key.whom] = nil }
    }
}
