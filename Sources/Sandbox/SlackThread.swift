// What is in a channel of Slack's as people see it: each message as it was last edited, with the thread below it.

import Foundation

/// A message that stands in a channel by itself, and its thread.
public struct SlackThread: Sendable {
    /// The id that it was posted to.
    public var channel: String
    public var ts: String
    /// As it was posted.
    public var first: ReceivedMessage
    /// As it was last edited.
    public var latest: ReceivedMessage
    /// How often it was edited.
    public var updates = 0
    /// As last edited, in the order of their arrival.
    public var replies: [ReceivedMessage] = []

    /// The message with its replies below it, for a terminal.
    ///
    /// - Parameter width: columns; at least 20.
    public func card(width: Int, timeZone: TimeZone = .current) -> String {
        var shown = latest
        shown.replaces = nil
        var lines = shown.card(width: width, timeZone: timeZone).split(separator: "\n", omittingEmptySubsequences: false).dropLast(2)
            .map(String.init)
        let edits = updates == 1 ? "edited once" : "edited \(updates) times"
        lines.append("├─ \(replies.count == 1 ? "1 reply" : "\(replies.count) replies"), \(updates == 0 ? "not edited" : edits)")
        for reply in replies {
            let text = "↳ \(reply.clock(timeZone)) \(reply.title)\(reply.isShown ? " (shown in the channel)" : "")"
            lines += PlainText.wrapped(PlainText.safe(text).replacing("\n", with: " "), width: max(20, width) - 2).map { "│ \($0)" }
        }
        lines.append("└" + String(repeating: "─", count: max(20, width) - 1))
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Inbox {
    /// The conversations of Slack's Web API, in the order in which they began, as far as their messages are kept.
    public func slackThreads() -> [SlackThread] {
        struct Place: Hashable {
            var channel: String
            var ts: String
        }
        var threads: [SlackThread] = []
        var parents: [Place: Int] = [:]
        var replies: [Place: (thread: Int, reply: Int)] = [:]
        for message in all() where message.receiver == .slackAPI {
            guard let ts = message.id else { continue }
            let place = Place(channel: message.channel, ts: ts)
            if message.replaces != nil {
                if let index = parents[place] {
                    threads[index].latest = message
                    threads[index].updates += 1
                } else if let (thread, reply) = replies[place] {
                    threads[thread].replies[reply] = message
                }
            } else if let parent = message.thread {
                guard let index = parents[Place(channel: message.channel, ts: parent)] else { continue }
                replies[place] = (index, threads[index].replies.count)
                threads[index].replies.append(message)
            } else {
                parents[place] = threads.count
                threads.append(SlackThread(channel: message.channel, ts: ts, first: message, latest: message))
            }
        }
        return threads
    }

    /// The conversation that a reply or an edit belongs to; nil for other messages.
    public func slackThread(of message: ReceivedMessage) -> SlackThread? {
        guard message.refused == nil, let ts = message.thread ?? message.replaces else { return nil }
        return slackThreads().last { $0.channel == message.channel && $0.ts == ts }
    }
}
