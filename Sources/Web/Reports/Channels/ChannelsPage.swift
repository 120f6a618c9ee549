// The ways out: how each is, what waits for it, how quick it is; and the buttons that hold it back.

import Foundation
import Hummingbird
import Incidents
import Ledger
import Settings

struct ChannelsPage {
    let request: PageRequest
    private var words: Words { request.words }
    private static let minutes = 3 * 60

    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        house.pages.page("/channels", to: router, house) { try await ChannelsPage(request: $0).page() }
        house.pages.form("/channels/pause", to: router, house) { form in
            let channel = try await target(form)
            try await form.house.ledger.pause(channel: channel, now: form.now)
            form.note("paused on the page", ["channel": "\(channel ?? "all")"])
            return .see("/channels", said: "channel-paused")
        }
        house.pages.form("/channels/resume", to: router, house) { form in
            let channel = try await target(form)
            try await form.house.ledger.resume(channel: channel, now: form.now)
            form.note("resumed on the page", ["channel": "\(channel ?? "all")"])
            return .see("/channels", said: "channel-resumed")
        }
    }

    /// The channel that a form names, also one that is gone from the file but has something left; nil: all.
    private static func target(_ form: FormRequest) async throws -> String? {
        guard let name = form.field("channel") else { return nil }
        let summary = try await form.house.ledger.summary(now: form.now)
        let configured = form.house.setup.value.configuration.channels.map(\.name)
        guard configured.contains(name) || summary.channels[name] != nil || summary.pauses.contains(where: { $0.channel == name }) else {
            throw PageFault(.notFound, form.words("channels.unknown", ["name": name]))
        }
        return name
    }

    private func page() async throws -> Page {
        let summary = try await request.ledger.summary(now: request.now)
        let since = request.now.addingTimeInterval(-Double(Self.minutes) * 60)
        let slots = try await request.ledger.figures(.slot, since: since)
        let troubles = try await request.ledger.troubles()
        let configuration = request.setup.configuration
        let gone = summary.channels.filter { name, states in
            states.values.contains { $0 != 0 } && !configuration.channels.contains { $0.name == name }
        }.keys.sorted()
        let configured = configuration.channels.map { ($0.name, Optional($0)) }
        let rows = (configured + gone.map { ($0, nil) }).map { name, settings in
            row(
                ChannelView(
                    name: name, settings: settings, summary: summary, slots: slots.filter { $0.name == name }, trouble: troubles[name],
                    now: request.now, since: since))
        }
        let table = HTML.table(
            caption: words("nav.channels"),
            columns: [
                words("channels.name"), words("channels.state"), words("channels.waiting"), words("channels.counts"),
                words("channels.latency", ["h": "\(Self.minutes / 60)"]), words("channels.trouble"),
            ] + (request.mayOperate ? [words("channels.do")] : []), rows: rows, none: words("channels.none"))
        return Page(title: words("nav.channels"), body: [pausedAll(summary), table])
    }

    private func pausedAll(_ summary: LedgerSummary) -> HTML {
        let all = summary.pauses.first { $0.channel == nil }
        var said: [HTML] = []
        if let all {
            said = [
                .notice(
                    .warn,
                    .element(
                        .p, [:], HTML(words("channels.all-paused")), " ", request.time(all.since), ". ",
                        HTML(words("channels.held", ["n": "\(summary.unfinished(through: nil))"]))))
            ]
        }
        guard request.mayOperate else { return HTML(said) }
        let button: HTML =
            all == nil
            ? .form(
                "/channels/pause", confirm: words("channels.pause-all.ask"), .button(words("channels.pause-all"), tone: .bad))
            : .form("/channels/resume", .button(words("channels.resume-all"), tone: .good))
        return HTML(said + [button])
    }

    private func row(_ view: ChannelView) -> [HTML] {
        let kind = view.settings.map { words.word("kind", $0.kind.rawValue) } ?? words("channels.gone")
        var cells: [HTML] = [
            [.element(.strong, [:], HTML(view.name)), .element(.small, [:], HTML(kind))],
            state(view),
            HTML("\(view.waiting)"),
            HTML(view.states.map { "\($0.count) \(words.word("state", $0.state.rawValue))" }.joined(separator: ", ")),
            latency(view),
            trouble(view),
        ]
        if request.mayOperate { cells.append(button(view)) }
        return cells
    }

    private func state(_ view: ChannelView) -> HTML {
        var lines: [HTML] = []
        if let pause = view.pause {
            lines.append([.badge(words("channels.paused"), .warn), " ", request.time(pause.since)])
        }
        switch view.breaker {
        case .open(let since, let retry, let why):
            lines.append([.badge(words("channels.open"), .bad), " ", request.time(since)])
            if let retry { lines.append(.element(.small, [:], HTML(words("channels.next-try")), " ", request.time(retry))) }
            if let why { lines.append(.element(.small, [:], HTML(why))) }
        case .halfOpen(let since): lines.append([.badge(words("channels.half-open"), .warn), " ", request.time(since)])
        case .closed: if view.pause == nil { lines.append(.badge(words("channels.healthy"), .good)) }
        case .unused: if view.pause == nil { lines.append(.badge(words("channels.unused"), .quiet)) }
        }
        if let until = view.askedToWait {
            lines.append(.element(.small, [:], HTML(words("channels.asked-to-wait")), " ", request.time(until)))
        }
        if let rate = view.rate {
            let name = view.isLimited ? "channels.at-rate" : "channels.rate"
            lines.append(.element(.small, [:], HTML(words(name, ["rate": rate]))))
        }
        return HTML(lines.map { .element(.div, [:], $0) })
    }

    private func latency(_ view: ChannelView) -> HTML {
        guard let mean = view.mean else { return HTML("–") }
        let said = words("channels.latency.said", ["mean": "\(mean)", "most": "\(view.most)"])
        return [Chart.spark(said, view.latency), .element(.small, [:], HTML(said))]
    }

    private func trouble(_ view: ChannelView) -> HTML {
        guard let trouble = view.trouble else { return HTML("–") }
        return [
            .link(words("channels.delivery", ["id": "\(trouble.delivery)"]), to: "/deliveries/\(trouble.delivery)"), " ",
            request.time(trouble.at), .element(.small, [:], HTML(trouble.reason)),
        ]
    }

    private func button(_ view: ChannelView) -> HTML {
        if view.isPausedByName {
            return .form("/channels/resume", .hidden("channel", view.name), .button(words("channels.resume"), tone: .good))
        }
        return .form(
            "/channels/pause", confirm: words("channels.pause.ask", ["name": view.name]), .hidden("channel", view.name),
            .button(words("channels.pause")))
    }
}
