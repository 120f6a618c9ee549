// What is wrong with Tocsin itself: said on top of the page Now, and nowhere where nothing is.

import Foundation
import Ledger
import Router
import Spool

struct Troubles {
    let request: PageRequest
    let summary: LedgerSummary
    let queue: SpoolCounts?
    let disks: [(path: String, space: DiskSpace)]

    /// Files that wait in the queue without that being a trouble.
    private static let deep = 1_000

    init(_ request: PageRequest, _ summary: LedgerSummary) async {
        self.request = request
        self.summary = summary
        let router = request.setup.configuration.router
        (queue, disks) = await Blocking.run {
            (try? SpoolCounts.of(queue: router.queue, limit: 20_000), DiskSpace.nearlyFull([router.state, router.queue]))
        }
    }

    var html: HTML {
        let lines = serious + lesser
        if lines.isEmpty { return .empty }
        return .notice(
            serious.isEmpty ? .warn : .bad, id: "troubles", HTML.element(.ul, all: lines.map { .element(.li, [:], $0) }))
    }

    private var words: Words { request.words }

    private var serious: [HTML] {
        var lines = disks.map { disk in
            HTML(words("trouble.disk", ["path": disk.path, "left": Amount.bytes(disk.space.free)]))
        }
        if let refusal = summary.reloadRefused {
            lines.append([HTML(words("trouble.reload", ["why": refusal.why])), " ", request.time(refusal.at)])
        }
        if summary.needsMending > 0 {
            lines.append(.link(words("trouble.dead", ["n": String(summary.needsMending)]), to: "/mending"))
        }
        return lines
    }

    private var lesser: [HTML] {
        var lines: [HTML] = summary.pauses.map { pause in
            let name = pause.channel ?? words("trouble.all-channels")
            return [HTML(words("trouble.paused", ["channel": name])), " ", request.time(pause.since)]
        }
        for state in summary.destinations where state.breaker != "closed" {
            let names = state.channels.joined(separator: ", ")
            lines.append([
                HTML(words("trouble.breaker", ["channel": names, "why": state.detail ?? words("trouble.no-answer")])), " ",
                request.time(state.since),
            ])
        }
        if let queue, queue.waiting > Self.deep || queue.isLowerBound {
            lines.append(HTML(words("trouble.queue", ["n": String(queue.waiting)])))
        }
        if let queue, queue.rejected > 0 {
            lines.append(.link(words("trouble.rejected", ["n": String(queue.rejected)]), to: "/mending"))
        }
        return lines
    }
}
