// The names of promises (`sla`) and of digests (`digest`) in templates.

import Foundation
import Incidents

extension RenderContext {
    /// Absent where nothing is promised.
    var sla: TemplateObject? {
        guard let clocks = request.sla, let line = ClockWords.line(clocks, now: request.now, facts.phrases) else { return nil }
        return TemplateObject(text: { line }) { [self] name in
            switch name {
            case "line": .text(line)
            case "worst": .text(clocks.clocks.map { ClockWords.state($0, now: request.now) }.max()?.rawValue)
            default: SLATarget(rawValue: name).flatMap { clocks[$0] }.map { .object(clock($0)) }
            }
        }
    }

    private func clock(_ clock: SLAClock) -> TemplateObject {
        let line = ClockWords.line(clock, now: request.now, facts.phrases)
        return TemplateObject(text: { line }) { [self] name in
            switch name {
            case "line": .text(line)
            case "state": .text(ClockWords.state(clock, now: request.now).rawValue)
            case "left": .text(ClockWords.left(clock, now: request.now, facts.phrases))
            case "promised": .text(Words.duration(clock.length, facts.phrases))
            case "deadline": .text(clock.breachesAt.map { Words.moment($0, clock: facts.clock, now: request.now) })
            case "met_at": .text(clock.metAt.map { Words.moment($0, clock: facts.clock, now: request.now) })
            case "is_met": clock.metAt == nil ? nil : .flag(true)
            case "is_paused": clock.isPaused && clock.metAt == nil ? .flag(true) : nil
            default: nil
            }
        }
    }

    /// Absent where the message holds no others.
    var digest: TemplateObject? {
        guard let digest = facts.digest else { return nil }
        return TemplateObject(text: { [facts] in Words.counts(digest, facts.phrases) }) { [self] name in
            switch name {
            case "line": .text(Words.counts(digest, facts.phrases))
            case "short": .text(Words.digestShort(digest, limit: facts.limit, facts.phrases))
            case "count": .number(digest.count)
            case "open_count": digest.openCount > 0 ? .number(digest.openCount) : nil
            case "ended_count": digest.endedCount > 0 ? .number(digest.endedCount) : nil
            case "messages": .number(digest.messages)
            case "more": digest.more > 0 ? .number(digest.more) : nil
            case "more_line": .text(Words.more(digest, facts.phrases))
            case "also": .text(Words.alsoAffected(facts))
            case "items": list(digest.shown)
            case "open": list(digest.open)
            case "ended": list(digest.ended)
            case "other": list(digest.other)
            default: nil
            }
        }
    }

    private func list(_ entries: [Digest.Entry]) -> TemplateValue? {
        entries.isEmpty ? nil : .list(entries.map { .object(Self.item($0)) })
    }

    /// An item has the names of a message of its own, and its own besides.
    private static func item(_ entry: Digest.Entry) -> TemplateObject {
        let root = RenderContext(entry.facts).root
        return TemplateObject(text: { Words.digestLine(entry) }) { name in
            switch name {
            case "line": .text(Words.digestLine(entry))
            case "state": .text(Words.digestState(entry))
            case "latest": .text(Words.latest(entry))
            case "said": .text(Words.said(entry))
            case "count": .number(entry.item.count)
            case "symbol": .text(Words.digestSymbol(entry))
            case "url": .text(Words.digestLink(entry))
            case "id": .text(entry.item.incident.map { entry.facts.name($0.id) })
            case "title": .text(entry.facts.title.map { Shortening.cut($0, to: 120) })
            case "status": .text(entry.item.incident.map { Words.status($0.status, entry.facts.phrases) })
            default: root.member(name)
            }
        }
    }
}
