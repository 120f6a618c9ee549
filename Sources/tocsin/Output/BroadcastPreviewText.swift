// What a person sees before they send a broadcast.

import Foundation
import Incidents
import Rendering
import Router
import Routing
import Settings

struct BroadcastPreviewText {
    /// People and addresses that are named of those who wait, or are left out.
    private static let named = 5
    /// Lines of each message that are shown.
    private static let lines = 40

    private let preview: BroadcastPreview
    private let configuration: RouterConfiguration

    init(_ preview: BroadcastPreview, _ configuration: RouterConfiguration) {
        self.preview = preview
        self.configuration = configuration
    }

    /// On standard error: the id alone is the command's output.
    func show() {
        for sample in preview.samples { show(sample) }
        showReach()
        showHindrances()
    }

    private func say(_ text: String) { Terminal.complain(Terminal.clean(text, keepLines: true), prefix: "") }

    private func show(_ sample: BroadcastPreview.Sample) {
        let language = sample.language.map { ", \($0)" } ?? ""
        say("--- \(sample.kind.rawValue)\(language): as \(sample.recipient) reads it by \(sample.channel)")
        let lines = sample.message.preview.split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines.prefix(Self.lines) { say("  \(line)") }
        if lines.count > Self.lines { say("  and \(lines.count - Self.lines) lines more") }
        if let degraded = sample.message.degraded { say("  note: \(degraded)") }
        say("")
    }

    private func showReach() {
        let count = preview.deliveries.count
        if count == 0 { return say("It reaches nobody.") }
        let channels = preview.channels.map { "\($0.count) by \($0.channel)" }.joined(separator: ", ")
        let people = preview.people
        say("\(people) \(people == 1 ? "person" : "people"), \(count) \(count == 1 ? "address" : "addresses"): \(channels)")
        for one in preview.unreached.prefix(Self.named) { say("  nobody by `\(one.entry)`: \(one.reason)") }
        if preview.unreached.count > Self.named { say("  and \(preview.unreached.count - Self.named) more entries that reach nobody") }
    }

    private func showHindrances() {
        var held: [Hold.Kind: [(who: String, hold: Hold)]] = [:]
        var suppressed: [String] = []
        for delivery in preview.deliveries {
            switch delivery.intent {
            case .send: break
            case .hold(let hold): held[hold.kind, default: []].append((delivery.recipient, hold))
            case .suppress(let suppression): suppressed.append("\(delivery.recipient): \(suppression.reason)")
            case .supersede(let why): suppressed.append("\(delivery.recipient): \(why)")
            }
        }
        for (kind, waiting) in held.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            say("\(waiting.count) held \(kind.words):")
            let first = waiting.sorted { ($0.hold.until, $0.who) < ($1.hold.until, $1.who) }.prefix(Self.named)
            for one in first {
                say("  \(one.who) until \(Moment.short(one.hold.until, now: preview.now)): \(one.hold.reason)")
            }
            if waiting.count > Self.named { say("  and \(waiting.count - Self.named) more") }
        }
        if !suppressed.isEmpty {
            say("\(suppressed.count) not told:")
            for one in suppressed.prefix(Self.named) { say("  \(one)") }
            if suppressed.count > Self.named { say("  and \(suppressed.count - Self.named) more") }
        }
        guard let broadcast = preview.broadcast else { return }
        if broadcast.state == .waiting {
            let limit = configuration.table.people.broadcasts.approveOver ?? 0
            let who = preview.approvers.isEmpty ? "somebody else in `people`" : preview.approvers.joined(separator: " or ")
            let end = broadcast.until.map { " before \(Moment.short($0, now: preview.now))" } ?? ""
            say("It waits for an approval by \(who)\(end): it reaches more than \(limit) addresses.")
        } else if broadcast.state == .cooling, let until = broadcast.until {
            say(
                "One to the same audience went out a moment ago: this one goes out at \(Moment.short(until, now: preview.now)) "
                    + "(\(Moment.relative(until, now: preview.now))).")
        }
    }
}
