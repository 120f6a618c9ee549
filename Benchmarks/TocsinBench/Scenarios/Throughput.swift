// As many as go through, for a while.

import Dispatch

extension Scenario {
    static let oneDelivery = Scenario(
        name: "one", title: "one delivery an event, to a webhook, sustained; files dropped while the router runs"
    ) { conditions in
        let receiver = try WebhookReceiver()
        let bench = try Workspace(tocsin: conditions.tocsin, routes: Routes.oneRoom(receiver))
        let names = try bench.stage(0..<conditions.count(100_000, quick: 10_000))
        try bench.start()
        let result = try bench.load(names, into: receiver.receiver)
        result.report(what: "events", mark: .atLeast(8_000, "/s"))
        result.reportMemory()
    }

    static let filesWaiting = Scenario(
        name: "waiting", title: "one delivery an event, to a webhook; 20,000 files wait when the router starts"
    ) { conditions in
        let receiver = try WebhookReceiver()
        let bench = try Workspace(tocsin: conditions.tocsin, routes: Routes.oneRoom(receiver))
        let names = try bench.stage(0..<conditions.count(20_000, quick: 5_000))
        for name in names { bench.release(name) }
        let begin = DispatchTime.now().uptimeNanoseconds
        try bench.start()
        guard receiver.tally.wait(for: names.count, seconds: 300) else { throw Failed("\(receiver.tally.count) arrived within 300 s") }
        let seconds = Double(receiver.tally.last - begin) / 1e9
        Figures.say(
            "\(names.count) events in \(Figures.plain(seconds)) s from the start of the program: "
                + "\(Figures.plain(Double(names.count) / seconds)) events/s")
        Figures.say("peak memory", Double(Machine.peakMegabytes(of: bench.process)), .below(100, " MB"))
    }

    static let tenRecipients = Scenario(
        name: "ten", title: "ten deliveries an event, to ten webhooks of one receiver; files dropped while the router runs"
    ) { conditions in
        let receiver = try WebhookReceiver()
        let bench = try Workspace(tocsin: conditions.tocsin, routes: Routes.tenRooms(receiver))
        let names = try bench.stage(0..<conditions.count(20_000, quick: 1_000))
        try bench.start()
        let result = try bench.load(names, each: 10, window: 800, into: receiver.receiver)
        result.report(what: "deliveries", mark: .atLeast(12_000, "/s"))
        result.reportMemory()
    }

    static let mails = Scenario(
        name: "mails", title: "one mail an event, to an SMTP receiver that answers at once; no TLS, no login, no DKIM"
    ) { conditions in
        let receiver = try MailReceiver()
        let bench = try Workspace(tocsin: conditions.tocsin, routes: Routes.mail(receiver))
        let names = try bench.stage(0..<conditions.count(30_000, quick: 2_000))
        try bench.start()
        let result = try bench.load(names, into: receiver.receiver)
        result.report(what: "mails", mark: .atLeast(2_000, "/s"))
        result.reportMemory()
    }
}
