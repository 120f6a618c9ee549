// The channel that an incident has of its own: made when it is first written to, with those invited whom the incident
// concerns and a topic that says how it stands; archived after the message that it is closed. Every step may be repeated:
// a channel that is there already is found by its name. What cannot be made decides the outcome; who cannot be invited, a
// topic, and the archive only `degrade`.

import Foundation
import JSON

/// What has been made of a room: kept where mail keeps its subject.
struct RoomMemory: Equatable {
    var topic: String?
    /// Each is invited once: who leaves is not fetched back.
    var invited: [String] = []

    static let maximumInvited = 1_000

    init() {}

    init(_ text: String?) {
        guard let value = text.flatMap({ try? JSONValue.parse(bytes: Array($0.utf8)) }) else { return }
        topic = value["topic"]?.string
        invited = value["invited"]?.array?.compactMap(\.string) ?? []
    }

    var text: String {
        var members: [String: JSONValue] = ["invited": .array(invited.suffix(Self.maximumInvited).map(JSONValue.string))]
        members["topic"] = topic.map(JSONValue.string)
        return JSONValue.object(members).text
    }
}

/// One attempt at one message to a room.
struct SlackRoom {
    let api: SlackWebAPI
    let memory: SlackMemory
    let parcel: Parcel
    let room: Room
    /// `text`, `blocks`.
    let members: [String: JSONValue]
    let time: AttemptTime

    /// The share of the time that is kept for the message.
    private static let keptShare = 0.4
    private static let mayBeMended: Set<String> = ["is_archived", "not_in_channel", "channel_not_found"]

    func tell() async -> AttemptReport {
        let known = SlackPlace(parcel.thread)?.channel
        var made = known == nil ? RoomMemory() : RoomMemory(parcel.subject)
        var id: String
        if let known {
            id = known
        } else {
            switch await open() {
            case .open(let opened): id = opened
            case .failed(let report): return report
            }
        }
        var report = await write(to: id, &made)
        if let code = report.code, Self.mayBeMended.contains(code), time.left != nil {
            switch await mend(id, code) {
            case .open(let opened):
                if opened != id { made = RoomMemory() }
                id = opened
                report = await write(to: id, &made)
            case .failed(let failure): return failure
            }
        }
        guard case .accepted(let message) = report.outcome else { return report }
        // Where it is, and what has been made of it, is known only once the message is recorded.
        if id != known { report.root = SlackPlace(message)?.text ?? "\(id):0" }
        if made.text != parcel.subject { report.subject = made.text }
        if room.isOver { report.degrade(await archive(id)) }
        return report
    }

    /// Invites, says how it stands, and posts. What a closed door keeps out stops it early: the report's code says so.
    private func write(to id: String, _ made: inout RoomMemory) async -> AttemptReport {
        var notes: [String] = []
        let newcomers = room.invite.filter { !made.invited.contains($0) }.prefix(100)
        if !newcomers.isEmpty {
            let users = newcomers.joined(separator: ",")
            let answer = await beside("conversations.invite", ["channel": .string(id), "users": .string(users), "force": true])
            if let answer, let code = answer.code, Self.mayBeMended.contains(code) { return answer.report }
            if let why = trouble(answer, butFor: ["already_in_channel", "cant_invite_self", "user_not_found", "users_not_found"]) {
                notes.append("not everybody could be invited (\(why))")
            } else {
                made.invited += newcomers
            }
        }
        if made.topic != room.topic {
            let answer = await beside("conversations.setTopic", ["channel": .string(id), "topic": .string(room.topic)])
            if let answer, let code = answer.code, Self.mayBeMended.contains(code) { return answer.report }
            if let why = trouble(answer) {
                notes.append("the channel's topic could not be set (\(why))")
            } else {
                made.topic = room.topic
            }
        }
        let report = await api.message("chat.postMessage", members.slackPost(to: id), key: parcel.token, time: time)
        return report.degraded(by: notes)
    }

    private func archive(_ id: String) async -> String? {
        guard let seconds = time.spare(keeping: 0) else { return "the channel was not archived (no time was left)" }
        let answer = await api.call("conversations.archive", ["channel": .string(id)], key: parcel.token + "-archive", timeout: seconds)
        return trouble(answer, butFor: ["already_archived"]).map { "the channel could not be archived (\($0))" }
    }

    /// A call that may fail; nil: there was no time for it.
    private func beside(_ method: String, _ payload: JSONValue) async -> SlackAnswer? {
        guard let seconds = time.spare(keeping: Self.keptShare) else { return nil }
        return await api.call(method, payload, key: key(method), timeout: seconds)
    }

    private func trouble(_ answer: SlackAnswer?, butFor harmless: Set<String> = []) -> String? {
        guard let answer else { return "no time was left" }
        return answer.code.flatMap { harmless.contains($0) ? nil : $0 }
    }

    func key(_ method: String) -> String { parcel.token + "-" + (method.split(separator: ".").last ?? "call") }
}
