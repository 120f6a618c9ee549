// What 10,000 routes cost an event more than ten do.

extension Scenario {
    static let manyRoutes = Scenario(name: "routes", title: "10,000 routes against 10: the router's CPU an event") { conditions in
        let events = conditions.count(30_000, quick: 2_000)
        func microseconds(_ routes: Int) throws -> Double {
            let receiver = try WebhookReceiver()
            let bench = try Workspace(tocsin: conditions.tocsin, routes: Routes.many(routes, receiver))
            // Spread over the table, so that neither its beginning nor its end is what is measured.
            let names = try bench.stage(0..<events) { BenchEvent.text($0, service: "service-\($0 &* 7_919 % routes)") }
            let started = try bench.start()
            let result = try bench.load(names, into: receiver.receiver)
            let cost = result.routerCPU / Double(events) * 1_000_000
            Figures.say(
                "\(routes) routes: \(Figures.plain(cost)) µs of CPU an event, \(Figures.plain(result.rate)) events/s, "
                    + "start-up \(Figures.plain(started)) s, peak memory \(result.peakMegabytes) MB")
            return cost
        }
        let few = try microseconds(10)
        let many = try microseconds(10_000)
        Figures.say("ratio", many / few, .below(2, ""))
    }
}
