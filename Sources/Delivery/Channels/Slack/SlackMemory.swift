// What a channel of Slack's remembers between attempts. Nothing of it is needed: who forgets it asks Slack once more.

import Foundation
import Synchronization

final class SlackMemory: Sendable {
    private struct State {
        var updatesWaitUntil: ContinuousClock.Instant?
        var searches: [String: String] = [:]
    }

    private static let maximumSearches = 100
    private let state = Mutex(State())

    /// Slack asked that nothing be edited for so many seconds. Its limits are those of one method: messages may go on.
    func holdUpdates(for seconds: TimeInterval) {
        state.withLock { $0.updatesWaitUntil = .now + .seconds(min(max(seconds, 1), OutcomePolicy.longestPause)) }
    }

    var mayUpdate: Bool {
        state.withLock { state in
            guard let until = state.updatesWaitUntil else { return true }
            if until > .now { return false }
            state.updatesWaitUntil = nil
            return true
        }
    }

    /// How far the search for a channel of that name has come: many channels take more than one attempt.
    subscript(search name: String) -> String? {
        get { state.withLock { $0.searches[name] } }
        set {
            state.withLock { state in
                if newValue != nil, state.searches.count >= Self.maximumSearches { state.searches = [:] }
                state.searches[name] = newValue
            }
        }
    }
}
