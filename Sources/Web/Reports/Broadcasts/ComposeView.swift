// The form of a broadcast, and what a person sees before they send it.

import Foundation
import Hummingbird
import Incidents
import Rendering
import Router
import Routing

/// The form.
struct ComposeView {
    let draft: BroadcastDraft
    let words: Words

    func page(_ result: HTML, status: HTTPResponse.Status = .ok) -> Page {
        let isCorrection = !draft.corrects.isEmpty
        let whom: HTML =
            isCorrection
            ? [
                .hidden("corrects", draft.corrects), .paragraph(words("compose.corrects", ["id": draft.corrects]), class: "hint"),
            ]
            : [
                .area(words("compose.audience"), name: "audience", value: draft.audience, rows: 2, isRequired: true, limit: 20_000),
                .field(words("compose.match"), name: "match", value: draft.match, placeholder: "service=pay*", limit: 2_000),
            ]
        return Page(
            title: words(isCorrection ? "compose.correction" : "compose.title"),
            body: [
                .form(
                    "/broadcasts/preview", id: "compose", whom,
                    .field(words("compose.incident"), name: "incident", value: draft.incident),
                    .field(words("compose.subject"), name: "subject", value: draft.subject, limit: 1_000),
                    .area(words("compose.message"), name: "message", value: draft.message, rows: 8, isRequired: true),
                    urgent, .button(words("compose.preview"))),
                result,
            ], status: status, isLive: false)
    }

    private var urgent: HTML {
        .element(
            .label, [.class: "check"],
            .element(.input, [.type: "checkbox", .name: "urgent", .value: "yes", .checked: draft.isUrgent ? "" : nil]),
            HTML(words("compose.urgent")))
    }
}

/// Whom it reaches, who does not hear it now, who must approve it, and what they read.
struct BroadcastLook {
    private let preview: BroadcastPreview
    private let draft: BroadcastDraft
    private let words: Words
    private let setup: Setup
    /// Of those who wait, or are left out, so many are named.
    private static let named = 5

    init(_ preview: BroadcastPreview, draft: BroadcastDraft, words: Words, setup: Setup) {
        self.preview = preview
        self.draft = draft
        self.words = words
        self.setup = setup
    }

    var html: HTML {
        let count = preview.deliveries.count
        return .section(
            words("look.title"), id: "look", reach(count), hindrances, approval, count > 0 ? send(count) : .empty,
            .element(.div, [.class: "looks"], all: preview.samples.map(sample)))
    }

    private func reach(_ count: Int) -> HTML {
        let unreached = preview.unreached.prefix(Self.named).map { HTML.element(.li, [:], HTML("\($0.entry): \($0.reason)")) }
        let left = preview.unreached.count - unreached.count
        let list: HTML =
            unreached.isEmpty
            ? .empty
            : .notice(
                .warn, .paragraph(words("look.unreached")), .element(.ul, all: unreached),
                left > 0 ? .paragraph(words("mending.more", ["n": "\(left)"])) : .empty)
        if count == 0 { return [.notice(.bad, .paragraph(words("look.nobody"))), list] }
        let channels = preview.channels.map { "\($0.count) \(words("look.by")) \($0.channel)" }.joined(separator: ", ")
        let reach = "\(words("look.people", ["n": "\(preview.people)"])), \(words("look.addresses", ["n": "\(count)"])): \(channels)"
        return [.element(.p, [.id: "reach"], .element(.strong, [:], HTML(reach))), list]
    }

    private var hindrances: HTML {
        var held: [Hold.Kind: [String]] = [:]
        var out: [String] = []
        for delivery in preview.deliveries {
            switch delivery.intent {
            case .send: break
            case .hold(let hold): held[hold.kind, default: []].append("\(delivery.recipient): \(hold.reason)")
            case .suppress(let suppression): out.append("\(delivery.recipient): \(suppression.reason)")
            case .supersede(let why): out.append("\(delivery.recipient): \(why)")
            }
        }
        var parts = held.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, who in
            list(words("look.held", ["n": "\(who.count)"]) + " (\(words.word("hold", kind.rawValue)))", who)
        }
        if !out.isEmpty { parts.append(list(words("look.out", ["n": "\(out.count)"]), out)) }
        return HTML(parts)
    }

    private func list(_ title: String, _ who: [String]) -> HTML {
        var items = who.prefix(Self.named).map { HTML.element(.li, [:], HTML($0)) }
        if who.count > Self.named { items.append(.element(.li, [:], HTML(words("mending.more", ["n": "\(who.count - Self.named)"])))) }
        return .notice(.quiet, .paragraph(title), .element(.ul, all: items))
    }

    private var approval: HTML {
        guard let broadcast = preview.broadcast else { return .empty }
        let until = broadcast.until.map { PageRequest.full($0, in: zone) } ?? ""
        switch broadcast.state {
        case .waiting:
            let who = BroadcastsPage.approvers(preview.approvers, setup, words)
            let limit = setup.configuration.table.people.broadcasts.approveOver ?? 0
            return .notice(.warn, .paragraph(words("look.approval", ["who": who, "limit": "\(limit)", "until": until])))
        case .cooling: return .notice(.warn, .paragraph(words("look.cooling", ["until": until])))
        default: return .empty
        }
    }

    private var zone: TimeZone { TimeZone(identifier: setup.configuration.router.timezone) ?? .gmt }

    private func send(_ count: Int) -> HTML {
        .form(
            "/broadcasts/send", id: "send", .hidden("audience", draft.audience), .hidden("match", draft.match),
            .hidden("incident", draft.incident), .hidden("subject", draft.subject), .hidden("message", draft.message),
            .hidden("corrects", draft.corrects), draft.isUrgent ? .hidden("urgent", "yes") : .empty,
            .button(words("look.send", ["n": "\(count)"]), tone: .good))
    }

    private func sample(_ sample: BroadcastPreview.Sample) -> HTML {
        let language = sample.language.map { " (\($0))" } ?? ""
        return .element(
            .article, [:],
            .element(.h3, [:], HTML(words("explain.reads", ["who": sample.recipient, "channel": sample.channel]) + language)),
            MessagePreview(words: words).html(sample.message))
    }
}
