// Rendering one message. What comes out is within the channel's limits: where it is too large, the texts of the data are
// shortened and it is rendered anew, so that the structure of the message, its links and its names stay whole.

import Foundation
import Incidents
import JSON

extension TemplateLibrary {
    /// Renders a message. It never fails: where the template cannot be used, a plain rendering stands in, and `degraded`
    /// says why.
    public func render(_ request: RenderRequest) -> Message {
        do {
            return Message(content: try content(request))
        } catch {
            return Message(content: PlainRendering.content(request, phrases(request.language)), degraded: error.reason)
        }
    }

    private func content(_ request: RenderRequest) throws(RenderFailure) -> Message.Content {
        let phrases = phrases(request.language)
        switch request.kind {
        case .slack:
            let (template, notes) = try json(.slack, request)
            return .slack(
                try SlackPayload.within(Limits.slack.steps(request)) { (limit) throws(RenderFailure) in
                    let facts = Facts(request, limit: limit.text, earlier: limit.earlier, phrases)
                    facts.showsHowToAcknowledge = notes.contains(.acknowledging)
                    let escape = Destination.slack.escapeText
                    return try SlackPayload.fitted(
                        template.filled(TemplateStack(RenderContext(facts).root), partials), text: escape(Words.subject(facts)),
                        note: facts.note(without: notes).map(escape))
                })
        case .teams:
            let (template, notes) = try json(.teams, request)
            return .teams(
                try TeamsPayload.within(Limits.teams.steps(request)) { (limit) throws(RenderFailure) in
                    let facts = Facts(request, limit: limit.text, earlier: limit.earlier, phrases)
                    facts.showsHowToAcknowledge = notes.contains(.acknowledging)
                    return try TeamsPayload.fitted(
                        template.filled(TemplateStack(RenderContext(facts).root), partials),
                        note: facts.note(without: notes).map(Destination.markdown.escapeText))
                })
        case .email: return try email(request, phrases)
        case .sms:
            let (template, notes) = try text(.sms, request)
            var body = try sms(template, request, phrases)
            // Half a link leads nowhere: where there is no room for the whole, the command has to do.
            if let way = request.acknowledging, way.answer == nil, body.contains("://"), !body.contains(way.url) {
                var plain = request
                plain.acknowledging = nil
                body = try sms(template, plain, phrases)
            }
            if notes.contains(.insteadOf), request.digest.isEmpty, request.leaving == nil { return .sms(body) }
            let facts = Facts(request, limit: 100, phrases)
            if !notes.contains(.digest) {
                body = SMSBody.with(Words.alsoAffectedShort(facts), after: body, segments: request.maximumSegments)
            }
            if !notes.contains(.insteadOf) {
                body = SMSBody.with(Words.insteadOfShort(facts), after: body, segments: request.maximumSegments)
            }
            if request.leaving != nil, !notes.contains(.leaving) {
                body = SMSBody.with(" " + phrases.say(.stopToEnd), after: body, segments: SMSText.segments(body).count)
            }
            return .sms(body)
        }
    }

    private func sms(_ template: TextTemplate, _ request: RenderRequest, _ phrases: Phrases) throws(RenderFailure) -> String {
        try SMSBody.within(request.maximumSegments, preferred: request.isDigest ? 1 : nil) { (limit) throws(RenderFailure) in
            template.filled(TemplateStack(RenderContext(Facts(request, limit: limit, phrases)).root), partials)
        }
    }

    /// The most UTF-16 units that one text of the data may bring, tried in turn.
    enum Limits {
        static let slack = TextLimits(texts: [2_500, 1_200, 500, 200, 80], earlier: [2_000, 500])
        static let teams = TextLimits(texts: [5_000, 2_000, 800, 300, 100], earlier: [3_000, 500])
        static let email = TextLimits(texts: [60_000, 10_000, 2_000, 300], earlier: [20_000, 2_000])
        static let sms = [1_600, 400, 250, 150, 100, 70, 45, 25]
    }

    private func email(_ request: RenderRequest, _ phrases: Phrases) throws(RenderFailure) -> Message.Content {
        let (subjectTemplate, _) = try text(.emailSubject, request)
        let (plainTemplate, plainNotes) = try text(.emailText, request)
        let (htmlTemplate, htmlNotes) = try text(.emailHTML, request)
        for limit in Limits.email.steps(request) {
            let facts = Facts(request, limit: limit.text, earlier: limit.earlier, phrases)
            let stack = TemplateStack(RenderContext(facts).root)
            let subject = EmailBody.subject(subjectTemplate.filled(stack, partials))
            facts.showsHowToAcknowledge = plainNotes.contains(.acknowledging)
            var plain = plainTemplate.filled(stack, partials)
            facts.showsHowToAcknowledge = htmlNotes.contains(.acknowledging)
            var html = htmlTemplate.filled(stack, partials)
            if subject.isEmpty { throw RenderFailure("the template gives an empty subject") }
            if plain.isEmpty, html.isEmpty { throw RenderFailure("the template gives an empty mail") }
            if !plain.isEmpty, let note = facts.note(without: plainNotes) { plain = EmailBody.with(note, above: plain) }
            if !html.isEmpty, let note = facts.note(without: htmlNotes) { html = EmailBody.with(note, in: html) }
            if plain.utf8.count <= ChannelLimits.Email.body, html.utf8.count <= ChannelLimits.Email.body {
                return .email(subject: subject, text: plain, html: html)
            }
        }
        throw RenderFailure("the template gives a mail of more than \(ChannelLimits.Email.body) bytes")
    }

    private func json(_ file: TemplateFile, _ request: RenderRequest) throws(RenderFailure) -> (JSONTemplate, DeliveryNotes) {
        switch find(file, for: request) {
        case .json(let template, let notes): return (template, notes)
        case .broken(let problem): throw RenderFailure(problem.description)
        case .text, nil: throw RenderFailure(Words.noTemplate)
        }
    }

    private func text(_ file: TemplateFile, _ request: RenderRequest) throws(RenderFailure) -> (TextTemplate, DeliveryNotes) {
        switch find(file, for: request) {
        case .text(let template, let notes): return (template, notes)
        case .broken(let problem): throw RenderFailure(problem.description)
        case .json, nil: throw RenderFailure(Words.noTemplate)
        }
    }
}
