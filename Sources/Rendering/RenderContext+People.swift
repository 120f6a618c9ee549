// The names of phrases, and of what concerns the reader.

import Foundation
import Incidents

extension RenderContext {
    /// The phrases of the reader's language. Those with gaps look at the names at the top anew: a link back would keep both
    /// alive for ever.
    var words: TemplateObject { facts.phrases.object { [facts] in RenderContext(facts).root } }

    /// Absent where there is nothing to leave.
    var leaving: TemplateObject? {
        guard let leaving = request.leaving else { return nil }
        return TemplateObject(text: { [facts] in Words.leaving(facts) ?? "" }) { [facts] name in
            switch name {
            case "url": .text(leaving.url.flatMap(SafeLink.make))
            case "mailto": .text(facts.leavingMail)
            case "manage": .text(leaving.manage.flatMap(SafeLink.make))
            case "code": .text(facts.name(leaving.code))
            case "what": .text(facts.line(leaving.what))
            case "why": .text(Words.leavingWhat(facts))
            case "how": .text(Words.leavingHow(facts))
            case "line": .text(Words.leaving(facts))
            default: nil
            }
        }
    }

    /// Absent where nothing is asked.
    var confirmation: TemplateObject? {
        guard let confirmation = request.confirmation else { return nil }
        let code = facts.name(confirmation.code)
        return TemplateObject(text: { code }) { [facts] name in
            switch name {
            case "code": .text(code)
            case "url": .text(confirmation.url.flatMap(SafeLink.make))
            case "what": .text(facts.wish)
            default: nil
            }
        }
    }

    /// Absent where nothing is corrected.
    var correction: TemplateObject? {
        guard let correction = request.correction else { return nil }
        return TemplateObject(text: { [facts] in facts.name(correction.id) }) { [facts] name in
            switch name {
            case "id": return .text(facts.name(correction.id))
            case "subject": return .text(correction.subject.map { facts.line($0) })
            case "message": return .text(facts.block(correction.message, limit: min(facts.limit, 1_000)))
            case "line": return .text(Words.original(facts))
            case "at":
                guard let at = Timestamp.parse(correction.at) else { return .text(facts.line(correction.at)) }
                return .text(Words.time(at, clock: facts.clock, now: facts.request.now))
            default: return nil
            }
        }
    }
}
