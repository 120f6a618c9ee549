// How the reader of a message says that they have it, without a command. It belongs to one delivery: two readers of the same
// message have each their own.

import Incidents
import JSON

/// The ways to acknowledge.
public struct Acknowledging: Sendable, Equatable {
    /// An https link to a page with one button.
    public var url: String
    /// Of a button in Slack that acknowledges by itself; nil: its button opens the link.
    public var button: String?
    /// What a text message is answered with: `ACK INC1`; nil: answers are read by nobody.
    public var answer: String?

    public init(url: String, button: String? = nil, answer: String? = nil) {
        self.url = url
        self.button = button
        self.answer = answer
    }
}

extension Words {
    /// What to do, where the message itself brings the means: `Acknowledge it.` above a button, or with the answer or the link in a
    /// text message. Nil where it brings none.
    static func acknowledgeHere(_ facts: Facts) -> String? {
        guard let way = facts.request.acknowledging else { return nil }
        guard facts.request.kind == .sms else { return facts.phrases.say(.acknowledgeIt) }
        if let answer = way.answer { return facts.phrases.say(.acknowledgeByAnswer, (.command, facts.line(answer))) }
        return SafeLink.make(way.url).map { facts.phrases.say(.acknowledgeByLink, (.link, $0)) }
    }
}

extension RenderContext {
    /// Absent where nothing waits for somebody to acknowledge it.
    var acknowledge: TemplateObject? {
        guard let way = request.acknowledging, let url = SafeLink.make(way.url) else { return nil }
        return TemplateObject(text: { url }) { [facts] name in
            switch name {
            case "url": .text(url)
            case "button": .text(way.button)
            case "answer": .text(way.answer.map { facts.line($0) })
            case "line": .text(Words.acknowledgeHere(facts))
            default: nil
            }
        }
    }
}
