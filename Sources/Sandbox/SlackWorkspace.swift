// What a Slack workspace remembers: which messages exist, which channels were made. Bounded: the oldest messages are
// forgotten, and an update of one is then `message_not_found`.

import Foundation
import Synchronization

final class SlackWorkspace: Sendable {
    struct Channel {
        var id: String
        var name: String
        var topic = ""
        var isArchived = false
        /// The bot is in it.
        var isMember = true
        /// Who was invited.
        var members: [String] = []
    }

    private struct State {
        var serial = 0
        var second = 0
        var messages: Set<String> = []
        var order: [String] = []
        var channels: [String: Channel] = [:]
    }

    private static let maximumMessages = 100_000
    private let state = Mutex(State())

    /// A new `ts`: seconds, a point, six digits; never twice the same.
    func timestamp() -> String {
        state.withLock { Self.timestamp(&$0) }
    }

    private static func timestamp(_ state: inout State) -> String {
        let now = Int(Date().timeIntervalSince1970)
        state.serial = now > state.second ? 1 : state.serial + 1
        state.second = max(now, state.second)
        if state.serial > 999_999 {
            state.second += 1
            state.serial = 1
        }
        let digits = String(state.serial)
        return "\(state.second).\(String(repeating: "0", count: 6 - digits.count))\(digits)"
    }

    func post(channel: String) -> String {
        state.withLock { state in
            let ts = Self.timestamp(&state)
            state.messages.insert("\(channel)/\(ts)")
            state.order.append("\(channel)/\(ts)")
            if state.order.count > Self.maximumMessages * 2 {
                let old = state.order.prefix(Self.maximumMessages)
                state.messages.subtract(old)
                state.order.removeFirst(Self.maximumMessages)
            }
            return ts
        }
    }

    func has(channel: String, ts: String) -> Bool {
        state.withLock { $0.messages.contains("\(channel)/\(ts)") }
    }

    /// The new channel, or nil where the name is taken, be it by one that is archived.
    func create(_ name: String) -> Channel? {
        state.withLock { state in
            if state.channels.values.contains(where: { $0.name == name }) { return nil }
            let digits = String(state.channels.count + 1)
            let channel = Channel(id: "C0SANDBOX" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits, name: name)
            state.channels[channel.id] = channel
            return channel
        }
    }

    /// By its id, or by `#` and its name.
    func channel(_ id: String) -> Channel? {
        state.withLock { state in
            if let channel = state.channels[id] { return channel }
            guard id.hasPrefix("#") else { return nil }
            return state.channels.values.first { $0.name == id.dropFirst() }
        }
    }

    /// In the order in which they were made.
    var channels: [Channel] { state.withLock { $0.channels.values.sorted { ($0.id.count, $0.id) < ($1.id.count, $1.id) } } }

    func update(_ channel: Channel) { state.withLock { $0.channels[channel.id] = channel } }
}
