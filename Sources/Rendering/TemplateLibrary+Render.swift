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
            return Message(content: PlainRendering.content(request), degraded: error.reason)
        }
    }

    private func content(_ request: RenderRequest) throws(RenderFailure) -> Message.Content {
        switch request.kind {
        case .slack:
            let template = try json(.slack, request)
            return .slack(
                try SlackPayload.within(Limits.slack) { (limit) throws(RenderFailure) in
                    let facts = Facts(request, limit: limit)
                    return try SlackPayload.fitted(
                        template.filled(RenderContext(facts).root, partials), text: Destination.slack.escapeText(Words.subject(facts)))
                })
        case .teams:
            let template = try json(.teams, request)
            return .teams(
                try TeamsPayload.within(Limits.teams) { (limit) throws(RenderFailure) in
                    try TeamsPayload.fitted(template.filled(RenderContext(Facts(request, limit: limit)).root, partials))
                })
        case .email: return try email(request)
        case .sms:
            let rendered = try SMSBody.within(request.maximumSegments) { (limit) throws(RenderFailure) in
                try text(.sms, request, RenderContext(Facts(request, limit: limit)).root)
            }
            return .sms(rendered)
        }
    }

    /// The most UTF-16 units that one text of the data may bring, tried in turn.
    enum Limits {
        static let slack = [2_500, 1_200, 500, 200, 80]
        static let teams = [5_000, 2_000, 800, 300, 100]
        static let email = [60_000, 10_000, 2_000, 300]
        static let sms = [1_600, 400, 250, 150, 100, 70, 45, 25]
    }

    private func email(_ request: RenderRequest) throws(RenderFailure) -> Message.Content {
        var subject = ""
        for limit in Limits.email {
            let root = RenderContext(Facts(request, limit: limit)).root
            subject = CleanText.line(try text(.emailSubject, request, root), limit: ChannelLimits.Email.subject)
            let plain = try text(.emailText, request, root)
            let html = try text(.emailHTML, request, root)
            if subject.isEmpty { throw RenderFailure("the template gives an empty subject") }
            if plain.isEmpty, html.isEmpty { throw RenderFailure("the template gives an empty mail") }
            if plain.utf8.count <= ChannelLimits.Email.body, html.utf8.count <= ChannelLimits.Email.body {
                return .email(subject: subject, text: plain, html: html)
            }
        }
        throw RenderFailure("the template gives a mail of more than \(ChannelLimits.Email.body) bytes")
    }

    private func json(_ file: TemplateFile, _ request: RenderRequest) throws(RenderFailure) -> JSONTemplate {
        switch find(file, for: request) {
        case .json(let template): return template
        case .broken(let problem): throw RenderFailure(problem.description)
        case .text, nil: throw RenderFailure(Words.noTemplate)
        }
    }

    private func text(_ file: TemplateFile, _ request: RenderRequest, _ root: TemplateObject) throws(RenderFailure) -> String {
        switch find(file, for: request) {
        case .text(let template): return Shortening.tidy(template.render(root, library: partials.library(file.destination)))
        case .broken(let problem): throw RenderFailure(problem.description)
        case .json, nil: throw RenderFailure(Words.noTemplate)
        }
    }
}
