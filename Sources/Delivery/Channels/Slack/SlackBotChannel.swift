// Slack by a bot's token: `chat.postMessage` and `chat.update`, and the channels that incidents have of their own.

import Foundation
import Incidents
import JSON
import Settings
import Transport

/// Slack by a bot's token: any channel or member that the bot can reach.
struct SlackBotChannel: Channel {
    let name: String
    let kind = ChannelKind.slack
    let destination: String
    private let updates: SlackUpdates
    private let api: SlackWebAPI
    private let memory = SlackMemory()

    init(name: String, settings: SlackBotSettings, options: ChannelOptions, http: any HTTPSending) {
        self.name = name
        updates = settings.updates
        destination = Destination.text("slack", url: settings.baseURL, secret: settings.token.reveal())
        api = SlackWebAPI(
            token: settings.token, baseURL: settings.baseURL,
            exchange: HTTPExchange(http: http, destination: destination, options: options, secrets: [settings.token]))
    }

    func deliver(_ parcel: Parcel) async -> AttemptReport {
        if let refusal = parcel.refusal { return refusal }
        guard case .slack(let content) = parcel.message.content, let members = content.object else { return parcel.mismatch(kind) }
        let time = AttemptTime(api.exchange.options.timeout)
        let report: AttemptReport
        if let room = parcel.room {
            report = await SlackRoom(api: api, memory: memory, parcel: parcel, room: room, members: members, time: time).tell()
        } else {
            report = await SlackConversation(
                api: api, memory: memory, parcel: parcel, updates: updates, members: members, time: time
            ).tell()
        }
        return report.degraded(by: [parcel.message.degraded])
    }
}

extension [String: JSONValue] {
    /// The message as `chat.postMessage` takes it.
    func slackPost(to channel: String, thread: String? = nil, isShown: Bool = false) -> JSONValue {
        var members = self
        members["channel"] = .string(channel)
        members["thread_ts"] = thread.map(JSONValue.string)
        if isShown { members["reply_broadcast"] = true }
        members["unfurl_links"] = false
        members["unfurl_media"] = false
        return .object(members)
    }

    /// The message as `chat.update` takes it: with blocks, for those that are not named stay as they were.
    func slackUpdate(of place: SlackPlace) -> JSONValue {
        var members = self
        members["channel"] = .string(place.channel)
        members["ts"] = .string(place.ts)
        if members["blocks"] == nil { members["blocks"] = .array([]) }
        return .object(members)
    }
}
