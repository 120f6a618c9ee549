// One incident, one conversation: the first message is the parent; what follows goes to its thread, and the parent is
// edited to say how things stand. What people see as news decides the outcome; an edit beside it only `degrades`.
//
// The edit goes first: it may be repeated without harm. So nothing lies between Slack's acceptance of a reply and its
// record, and a reply goes out twice no more often than any other message.

import Foundation
import JSON
import Settings

/// One attempt at one message of a conversation.
struct SlackConversation {
    let api: SlackWebAPI
    let memory: SlackMemory
    let parcel: Parcel
    let updates: SlackUpdates
    /// `text`, `blocks`.
    let members: [String: JSONValue]
    let time: AttemptTime

    /// What an edit may take of the attempt's time, where a reply follows.
    private static let updateShare = 0.4

    private enum Update {
        case done
        /// The parent is not there any more.
        case gone
        case failed(String)
    }

    func tell() async -> AttemptReport {
        guard parcel.incident != nil, parcel.part != .apart, updates != .none else { return await post() }
        guard let parent = SlackPlace(parcel.thread) else { return await parcel.part == .announcement ? post() : begin() }
        switch (updates, parcel.part) {
        case (_, .word): return await reply(to: parent)
        case (_, .announcement): return await reply(to: parent, isShown: true)
        case (.inPlace, .state): return await replace(parent)
        default:
            switch await update(parent) {
            case .done: return await reply(to: parent, isShown: parcel.part == .news)
            case .gone: return await beginAnew()
            case .failed(let why):
                return await reply(to: parent, isShown: parcel.part == .news).degraded(
                    by: ["the first message of the conversation could not be updated: \(why)"])
            }
        }
    }

    private func post() async -> AttemptReport {
        await api.message("chat.postMessage", members.slackPost(to: parcel.address), key: parcel.token, time: time)
    }

    /// Posts a parent.
    private func begin() async -> AttemptReport {
        var report = await post()
        if case .accepted(let id) = report.outcome { report.root = SlackPlace(id)?.text }
        return report
    }

    private func beginAnew() async -> AttemptReport {
        guard time.left != nil else {
            return AttemptReport(.deferred(.timedOut), detail: "no time was left to begin the conversation anew")
        }
        return await begin().degraded(by: ["the first message of the conversation is gone from Slack: it began anew"])
    }

    /// - Parameter isShown: in the channel, too, where whoever does not follow the thread sees it.
    private func reply(to parent: SlackPlace, isShown: Bool = false) async -> AttemptReport {
        let payload = members.slackPost(to: parent.channel, thread: parent.ts, isShown: isShown)
        let report = await api.message("chat.postMessage", payload, key: parcel.token, time: time)
        guard isGone(parent, report.code) else { return report }
        return await parcel.part == .announcement && time.left != nil ? post() : beginAnew()
    }

    /// Edits the parent, which alone shows what is new.
    private func replace(_ parent: SlackPlace) async -> AttemptReport {
        let report = await edit(parent, time)
        if isGone(parent, report.code) { return await beginAnew() }
        guard let code = report.code, OutcomePolicy.slackUneditable.contains(code) else { return report }
        guard time.left != nil else {
            return AttemptReport(.deferred(.timedOut), code: code, detail: "no time was left to reply in the thread")
        }
        return await reply(to: parent, isShown: true).degraded(by: ["replied in the thread: the first message cannot be edited (\(code))"])
    }

    /// Edits the parent beside a reply, within a share of the time.
    private func update(_ parent: SlackPlace) async -> Update {
        guard memory.mayUpdate else { return .failed("Slack asked for a pause") }
        let report = await edit(parent, AttemptTime(time.seconds * Self.updateShare))
        if case .accepted = report.outcome { return .done }
        if case .deferred(.rateLimited, _) = report.outcome { memory.holdUpdates(for: report.pause ?? 1) }
        if isGone(parent, report.code) { return .gone }
        return .failed(report.code ?? "no answer")
    }

    private func edit(_ parent: SlackPlace, _ time: AttemptTime) async -> AttemptReport {
        await api.message("chat.update", members.slackUpdate(of: parent), key: parcel.token + "-update", time: time)
    }

    /// A parent in a channel that is not there is gone, too, where the message would now go to another.
    private func isGone(_ parent: SlackPlace, _ code: String?) -> Bool {
        guard let code else { return false }
        return OutcomePolicy.slackParentGone.contains(code) || (code == "channel_not_found" && parent.channel != parcel.address)
    }
}
