// The channels of the workspace: made, found, joined, and put into the archive
// (docs.slack.dev/reference/methods, `conversations.…`).

import Foundation
import JSON

extension SlackAPI {
    func create(_ payload: JSONValue) throws(SlackError) -> Verdict {
        let name = payload["name"]?.string ?? ""
        if name.isEmpty { throw SlackError(code: "invalid_name_required", detail: "`name` is missing") }
        if name.count > 80 { throw SlackError(code: "invalid_name_maxlength", detail: "a channel's name has at most 80 characters") }
        let isRight = name.allSatisfy { $0 == "-" || $0 == "_" || (($0.isLetter || $0.isNumber) && !$0.isUppercase) }
        if !isRight {
            throw SlackError(code: "invalid_name_specials", detail: "a channel's name has lower-case letters, digits, `-` and `_`")
        }
        if !name.contains(where: { $0.isLetter || $0.isNumber }) {
            throw SlackError(code: "invalid_name_punctuation", detail: "a channel's name is not punctuation alone")
        }
        guard let channel = workspace.create(name) else { throw SlackError(code: "name_taken", detail: "\(name) is taken") }
        return silent(["ok": true, "channel": channel.json])
    }

    /// Page by page: the cursor is the place of the next one.
    func list(_ payload: JSONValue) -> Verdict {
        let limit = min(max(payload["limit"].flatMap { $0.integer ?? $0.string.flatMap { Int($0) } } ?? 100, 1), 1_000)
        let start = payload["cursor"]?.string.flatMap { Int($0.dropFirst()) } ?? 0
        let hidesArchived = payload["exclude_archived"].map { $0.bool ?? ($0.string == "true") } ?? false
        let all = workspace.channels.filter { !hidesArchived || !$0.isArchived }
        let page = all.dropFirst(max(0, start)).prefix(limit)
        let next = start + page.count < all.count ? "c\(start + page.count)" : ""
        return silent([
            "ok": true, "channels": .array(page.map(\.json)), "response_metadata": ["next_cursor": .string(next)],
        ])
    }

    func change(_ payload: JSONValue, _ method: String) throws(SlackError) -> Verdict {
        guard var channel = workspace.channel(payload["channel"]?.string ?? "") else {
            throw SlackError(code: "channel_not_found", detail: "the sandbox has made no such channel")
        }
        if method == "conversations.unarchive" {
            guard channel.isArchived else { throw SlackError(code: "not_archived", detail: "it is not archived") }
            guard options.slackBotsUnarchive else { throw SlackError(code: "not_in_channel", detail: "bots may not do so here") }
            channel.isArchived = false
            channel.isMember = true
        } else if channel.isArchived {
            throw SlackError(code: method == "conversations.archive" ? "already_archived" : "is_archived", detail: "it is archived")
        } else if !channel.isMember, method != "conversations.join" {
            throw SlackError(code: "not_in_channel", detail: "the bot is not in the channel")
        }
        switch method {
        case "conversations.invite": try invite(payload, to: &channel)
        case "conversations.setTopic":
            let topic = payload["topic"]?.string ?? ""
            if topic.count > 250 { throw SlackError(code: "too_long", detail: "a topic has at most 250 characters") }
            channel.topic = topic
        case "conversations.archive":
            channel.isArchived = true
            channel.isMember = false
        default: channel.isMember = true
        }
        workspace.update(channel)
        return silent(["ok": true, "channel": channel.json])
    }

    /// With `force` those that can be invited are, whatever becomes of the others.
    private func invite(_ payload: JSONValue, to channel: inout SlackWorkspace.Channel) throws(SlackError) {
        let users = (payload["users"]?.string ?? "").split(separator: ",").map(String.init)
        if users.isEmpty { throw SlackError(code: "no_user", detail: "`users` names nobody") }
        if users.count > 100 { throw SlackError(code: "too_many_users", detail: "at most 100 at a time") }
        var isAnyNew = false
        for user in users {
            let problem: String? =
                if channel.members.contains(user) {
                    "already_in_channel"
                } else if !(user.hasPrefix("U") || user.hasPrefix("W")) || options.slackUnknownMembers.contains(user) {
                    "user_not_found"
                } else {
                    nil
                }
            if let problem {
                if payload["force"]?.bool == true { continue }
                throw SlackError(code: problem, detail: "\(user) cannot be invited")
            }
            channel.members.append(user)
            isAnyNew = true
        }
        if !isAnyNew { throw SlackError(code: "already_in_channel", detail: "nobody of them can be added") }
    }
}

extension SlackWorkspace.Channel {
    var json: JSONValue {
        [
            "id": .string(id), "name": .string(name), "is_channel": true, "is_archived": .bool(isArchived), "is_member": .bool(isMember),
            "topic": ["value": .string(topic)],
        ]
    }
}

/// A channel that was made in the sandbox's workspace.
public struct SlackChannelView: Sendable, Equatable {
    public var id: String
    public var name: String
    public var topic: String
    public var isArchived: Bool
    /// The ids of those that were invited.
    public var members: [String]
}

extension Sandbox {
    /// The channels that were made in Slack's workspace, in their order.
    public var slackChannels: [SlackChannelView] {
        workspace.channels.map {
            SlackChannelView(id: $0.id, name: $0.name, topic: $0.topic, isArchived: $0.isArchived, members: $0.members)
        }
    }

    /// Makes a channel as a person would, without the bot in it, for whoever wants to see it in the way.
    ///
    /// - Returns: its id; nil where the name is taken.
    @discardableResult
    public func makeSlackChannel(_ name: String, isMember: Bool = false) -> String? {
        guard var channel = workspace.create(name) else { return nil }
        channel.isMember = isMember
        workspace.update(channel)
        return channel.id
    }
}
