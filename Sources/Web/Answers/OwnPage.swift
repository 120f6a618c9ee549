// `/s/TOKEN`: what one person, or one address, has asked to hear: to change, to pause and to stop. The link is theirs alone; it ends
// after some weeks, and each message that comes by a subscription brings a new one.

import Foundation
import Hummingbird
import Incidents
import JSON
import Ledger
import Router
import Routing

struct OwnPage: Sendable {
    let desk: AnswerDesk

    /// Subscriptions that are shown, at most.
    private static let most = 200

    func add(to router: Hummingbird.Router<WebContext>) {
        router.get("/s/:token") { request, context in
            await answer(request, context) { who, words in try await page(who, words) }
        }
        router.post("/s/:token") { request, context in
            let form = request.form(try await request.smallBody())
            return await answer(request, context) { who, words in try await change(form, of: who, words) }
        }
    }

    private func answer(
        _ request: Request, _ context: WebContext, _ make: (Subscription.Who, AnswerWords) async throws -> AnswerPage
    ) async -> Response {
        await desk.page(request, context) { token in
            guard case .manage(let who, let expires)? = desk.setup.links.deed(token) else {
                desk.refused("a link to somebody's subscriptions", "it was not made here", from: context)
                return desk.unknownPage(request)
            }
            var name: String?
            if case .person(let person) = who { name = person }
            let words = desk.words(request, person: name)
            guard expires > desk.now else {
                desk.refused("a link to somebody's subscriptions", "it has expired", from: context, ["who": "\(who.text)"])
                return AnswerPage(status: .gone, language: words.language, title: words(.expiredTitle))
            }
            return try await make(who, words)
        }
    }

    private func page(_ who: Subscription.Who, _ words: AnswerWords) async throws -> AnswerPage {
        let now = desk.now
        let wishes = try await desk.house.ledger.subscriptions(of: who).filter { $0.state(at: now) != .ended }.prefix(Self.most)
        let snooze = try await desk.house.ledger.snoozes().first { $0.who.compared == who.compared && $0.until > now }
        var parts: [AnswerPage.Part] = wishes.isEmpty ? [.text(words(.ownNothing))] : []
        for wish in wishes { parts += section(wish, words) }
        parts.append(.section(words(.ownSnoozeTitle)))
        if let snooze {
            parts.append(.text(words(.ownSnoozedUntil, ("time", time(snooze.until, of: who)))))
            parts.append(.form(AnswerPage.Form(button: words(.ownWake), hidden: [("action", "wake")])))
        } else {
            let pauses = OwnPause.allCases.map { ($0.rawValue, $0.text(words)) }
            parts.append(
                .form(
                    AnswerPage.Form(
                        button: words(.ownSnooze), hidden: [("action", "snooze")],
                        choices: [AnswerPage.Form.Choice(name: "until", label: words(.ownSnoozeTitle), options: pauses)])))
            parts.append(.note(words(.ownUrgent)))
        }
        return AnswerPage(language: words.language, title: words(.ownTitle, ("who", desk.displayName(who.text))), parts: parts)
    }

    private func section(_ wish: Subscription, _ words: AnswerWords) -> [AnswerPage.Part] {
        var parts: [AnswerPage.Part] = [.section(desk.what(wish, words))]
        if let until = wish.until { parts.append(.note(words(.ownUntil, ("time", time(until, of: wish.who))))) }
        if wish.isConfirmed {
            let cadences = OwnCadence.choices(wish.cadence, words)
            let channels = [("", words(.ownByDefault))] + desk.channels(for: wish.who).map { ($0, $0) }
            parts.append(
                .form(
                    AnswerPage.Form(
                        button: words(.ownSave), hidden: [("action", "change"), ("id", wish.id)],
                        choices: [
                            AnswerPage.Form.Choice(name: "deliver", label: words(.ownHow), options: cadences, chosen: wish.cadence.text),
                            AnswerPage.Form.Choice(name: "via", label: words(.ownBy), options: channels, chosen: wish.via ?? ""),
                        ])))
        } else {
            parts.append(.note(words(.ownUnconfirmed)))
        }
        parts.append(.form(AnswerPage.Form(button: words(.ownLeave), hidden: [("action", "leave"), ("id", wish.id)])))
        return parts
    }

    func time(_ date: Date, of who: Subscription.Who) -> String {
        AnswerWords.time(date, now: desk.now, zone: desk.zone(of: who))
    }
}

extension AnswerDesk {
    /// The name of somebody's time zone; the router's where they have none.
    func zone(of who: Subscription.Who) -> String {
        if case .person(let name) = who, let zone = configuration.table.directory.people[name]?.timezone { return zone }
        return configuration.router.timezone
    }

    /// The channels by which somebody can be told, in the file's order.
    func channels(for who: Subscription.Who) -> [String] {
        let directory = configuration.table.directory
        return configuration.channels.map(\.name).filter { name in
            if case .person(let id) = who {
                guard let person = directory.people[id] else { return false }
                return directory.obstacle(to: person, via: name) == nil
            }
            return (try? directory.channel(to: who, via: name)) != nil
        }
    }
}

/// How often: what can be chosen beside what somebody has.
enum OwnCadence {
    static func choices(_ own: Cadence, _ words: AnswerWords) -> [(value: String, text: String)] {
        var all: [Cadence] = [.immediate, .hourly, .daily(at: 8 * 60), .daily(at: 17 * 60), .weekly(day: 1, at: 8 * 60)]
        if !all.contains(own) { all.append(own) }
        return all.map { ($0.text, text($0, words)) }
    }

    private static func text(_ cadence: Cadence, _ words: AnswerWords) -> String {
        let rest = cadence.text.split(separator: " ", maxSplits: 1).last.map(String.init) ?? ""
        switch cadence {
        case .immediate: return words(.immediate)
        case .hourly: return words(.hourly)
        case .daily: return words(.daily, ("time", rest))
        case .weekly: return words(.weekly, ("time", rest))
        }
    }
}

/// How long a pause can be.
enum OwnPause: String, CaseIterable {
    case hour = "1h"
    case fourHours = "4h"
    case tomorrow
    case monday

    func text(_ words: AnswerWords) -> String {
        switch self {
        case .hour: words(.hours, ("count", "1"))
        case .fourHours: words(.hours, ("count", "4"))
        case .tomorrow: words(.tomorrow)
        case .monday: words(.monday)
        }
    }

    /// Its end, by the clock of a time zone.
    func end(after now: Date, in zone: TimeZone) -> Date {
        switch self {
        case .hour: return now.addingTimeInterval(3_600)
        case .fourHours: return now.addingTimeInterval(4 * 3_600)
        case .tomorrow:
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = zone
            let day = calendar.date(byAdding: .day, value: 1, to: calendar.startOfDay(for: now)) ?? now
            return Cadence.daily(at: 8 * 60).next(after: day, in: zone) ?? now.addingTimeInterval(86_400)
        case .monday: return Cadence.weekly(day: 1, at: 8 * 60).next(after: now, in: zone) ?? now.addingTimeInterval(7 * 86_400)
        }
    }
}
