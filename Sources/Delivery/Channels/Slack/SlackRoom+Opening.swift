// Finding or making a room's channel. One that is archived is taken back where Slack lets the bot do so, or else has a
// successor: `inc-1-2`.

import Foundation
import JSON

extension SlackRoom {
    enum Door {
        /// The channel's id; the bot is in it.
        case open(String)
        case failed(AttemptReport)
    }

    /// How many channels one incident may come to have.
    private static let maximumNames = 5
    /// Channels a page: Slack says up to 1 KB of each, and an answer is read up to 64 KiB.
    private static let page = "40"

    /// The channel of the room's name, or of the first successor that can be used.
    func open() async -> Door {
        for number in 1...Self.maximumNames {
            let name = number == 1 ? room.name : "\(room.name.prefix(77))-\(number)"
            guard let seconds = time.left else { return outOfTime("to make it") }
            let made = await api.call("conversations.create", ["name": .string(name)], key: key("x.create"), timeout: seconds)
            if let id = made.body?["channel"]?["id"]?.string, SlackPlace.isID(id) { return .open(id) }
            guard made.code == "name_taken" else { return failed(made, "the channel #\(name) could not be made") }
            switch await find(name) {
            case .failed(let report): return .failed(report)
            case .hidden: continue
            case .found(let id, let isArchived, let isMember):
                if isArchived {
                    if await takeBack(id) { return .open(id) }
                } else if isMember {
                    return .open(id)
                } else if await join(id) {
                    return .open(id)
                }
            }
        }
        return .failed(
            AttemptReport(
                .refused(.noSuchDestination), code: "name_taken",
                detail: "#\(room.name) is taken, and so are its successors, by channels that the bot can neither join nor take back"))
    }

    /// After a no of the channel itself.
    func mend(_ id: String, _ code: String) async -> Door {
        switch code {
        case "not_in_channel":
            if await join(id) { return .open(id) }
            return await open()
        case "is_archived":
            if await takeBack(id) { return .open(id) }
            // Somebody was quicker: no other channel is made to say that it is over.
            if room.isOver {
                return .failed(
                    AttemptReport(.refused(.noSuchDestination), code: code, detail: "the incident's channel is archived already"))
            }
            return await open()
        default: return await open()
        }
    }

    private enum Search {
        case found(id: String, isArchived: Bool, isMember: Bool)
        /// It is none of the channels that the bot can see.
        case hidden
        case failed(AttemptReport)
    }

    /// Looks through all public channels, page by page; what is not done in time goes on with the next attempt.
    private func find(_ name: String) async -> Search {
        var cursor = memory[search: name] ?? ""
        while let seconds = time.left {
            var query: [(name: String, value: String)] = [
                ("types", "public_channel"), ("exclude_archived", "false"), ("limit", Self.page),
            ]
            if !cursor.isEmpty { query.append(("cursor", Self.encoded(cursor))) }
            let answer = await api.read("conversations.list", query, key: key("x.list"), timeout: seconds)
            guard let body = answer.body else {
                // A cursor ages: from the beginning next time.
                memory[search: name] = nil
                guard case .failed(let report) = failed(answer, "#\(name) is taken, and could not be found") else { return .hidden }
                return .failed(report)
            }
            for channel in body["channels"]?.array ?? [] where channel["name"]?.string == name {
                guard let id = channel["id"]?.string, SlackPlace.isID(id) else { continue }
                memory[search: name] = nil
                return .found(
                    id: id, isArchived: channel["is_archived"]?.bool ?? false, isMember: channel["is_member"]?.bool ?? false)
            }
            let next = body["response_metadata"]?["next_cursor"]?.string ?? ""
            if next.isEmpty || next == cursor || next.utf8.count > 1_000 {
                memory[search: name] = nil
                return .hidden
            }
            cursor = next
            memory[search: name] = next
        }
        guard case .failed(let report) = outOfTime("to find #\(name) among all channels") else { return .hidden }
        return .failed(report)
    }

    private func join(_ id: String) async -> Bool {
        guard let seconds = time.left else { return false }
        return await api.call("conversations.join", ["channel": .string(id)], key: key("x.join"), timeout: seconds).body != nil
    }

    /// Out of the archive. Slack lets bots do so only in some workspaces.
    private func takeBack(_ id: String) async -> Bool {
        guard let seconds = time.left else { return false }
        let answer = await api.call("conversations.unarchive", ["channel": .string(id)], key: key("x.unarchive"), timeout: seconds)
        guard answer.body != nil || answer.code == "not_archived" else { return false }
        return await join(id)
    }

    /// No message was sent yet, so that nothing is in doubt.
    private func failed(_ answer: SlackAnswer, _ what: String) -> Door {
        var report = answer.report
        if case .unknown(let reason) = report.outcome { report.outcome = .deferred(reason) }
        if case .accepted = report.outcome { report.outcome = .deferred(.unexpectedAnswer) }
        report.detail = [what, report.detail].compactMap(\.self).joined(separator: ": ")
        return .failed(report)
    }

    private func outOfTime(_ what: String) -> Door {
        .failed(AttemptReport(.deferred(.timedOut), detail: "the incident's own channel: no time was left \(what)"))
    }

    private static let unreserved = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")

    /// As a form has it.
    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}
