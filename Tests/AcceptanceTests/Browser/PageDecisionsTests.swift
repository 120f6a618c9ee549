// Somebody asks the page what would happen, and lets a broadcast go: explain and approve, in a real browser.

import Foundation
import JSON
import Testing

@Suite(.enabled(if: Browser.isThere, "Chromium walks the page: `scripts/needs pages` installs it"))
struct PageDecisionsTests {
    private static func routes(_ port: Int) -> String {
        """
        version: 1
        http: {listen: "127.0.0.1:\(port)"}
        channels:
          ops-slack: {type: slack, webhook: "${env:SLACK}"}
          mail: {type: email, server: "smtp://mail.example.com:587", from: incidents@example.com}
        people:
          ana: {name: Ana, email: ana@example.com, via: [mail]}
          cem: {name: Cem, email: cem@example.com, via: [mail]}
        teams: {everybody: ["mail:a@example.com", "mail:b@example.com", "mail:c@example.com"]}
        broadcasts: {approve_over: 2, approvers: [ana]}
        routes:
          - {name: payments, match: {service: "pay*"}, to: [ops-slack, cem]}
          - {name: night, match: {severity: ">=critical"}, to: [ana]}
        """
    }

    private static let event = """
        {"type": "escalation", "source": "monitor",
         "incident": {"id": "INC7", "title": "Payments <b>fail</b> <script>document.title='taken over'</script>", "severity": "high",
                      "service": "payments"}}
        """

    private static let broadcast = """
        {"id": "b", "type": "broadcast",
         "broadcast": {"id": "b1", "audience": ["everybody"], "subject": "Payments are down", "message": "We know why.", "by": "cem"}}
        """

    private static func silence(_ id: String, of service: String) -> String {
        let until = Date().addingTimeInterval(3_600).ISO8601Format()
        return #"{"type": "silence", "silence": {"id": "\#(id)", "match": {"service": "\#(service)"}, "until": "\#(until)", "by": "ana"}}"#
    }

    @Test(.timeLimit(.minutes(5))) func oneExplainsAnEventAndApprovesABroadcast() async throws {
        let port = try freePorts(1)[0]
        let workspace = try Workspace(Self.routes(port))
        let (router, token) = try await PageWalkTests.router(workspace, port: port)
        let browser = try await Browser.start()
        let page = "http://127.0.0.1:\(port)"
        try await browser.open("\(page)/explain")
        try await browser.type(token, into: "input[name=token]")
        try await browser.click("main button")
        try await eventually("one is signed in") { try await browser.address == "\(page)/explain" }

        // Paste an event: who would hear of it and what they would read, each route with its verdict.
        try await browser.run("document.querySelector('#explain textarea').value = ''")
        try await browser.type(Self.event, into: "#explain textarea")
        try await browser.click("#explain button")
        try await eventually("it is explained") { try await browser.has("#verdicts") }
        let told = try await browser.text("#told") ?? ""
        #expect(told.contains("ops-slack") && told.contains("cem@example.com") && !told.contains("ana@example.com"))
        let verdicts = try await browser.text("#verdicts") ?? ""
        #expect(verdicts.contains(/payments\s+\S*\s*yes/) && verdicts.contains(/night\s+\S*\s*no/), "\(verdicts)")
        #expect(verdicts.contains("but severity is high"))
        let previews = try await browser.text("#messages") ?? ""
        #expect(previews.contains("cem by mail") && previews.contains("Payments <b>fail</b> <script>"), "\(previews)")
        #expect(try await browser.run("return document.querySelectorAll('#messages article').length === 2").bool == true)
        #expect(try await browser.run("return document.title").string == "Explain an event · Tocsin")
        #expect(try await workspace.run("incidents", "--all", "--json").objects.isEmpty)
        #expect(try await workspace.deliveries().isEmpty)

        // A broadcast comes while the list is looked at, and waits. Nobody hears it before it is approved.
        try await browser.open("\(page)/broadcasts")
        try await eventually("the page is live") { try await browser.text("#live-state") == "Live" }
        try workspace.drop(Self.broadcast)
        try await eventually("it shows, without a reload") {
            try await browser.text("main table")?.contains("waits for an approval") ?? false
        }
        try await browser.click("main table a")
        try await eventually("it opens") { try await browser.has("#approve button") }
        #expect(try await browser.text("main .message") == "We know why.")
        #expect(try await browser.text("main .notice.warn")?.contains("ana") == true)
        #expect(try await workspace.deliveries().compactMap { $0["address"]?.string } == ["ana@example.com"])
        // What is approved is so many addresses.
        #expect(try await browser.text("main dl.facts")?.contains(/Addresses\s+3\b/) == true)
        #expect(try await workspace.run("broadcast", "show", "b1").output.contains(/addresses +3, as it is now/))
        try await browser.click("#approve button")
        try await eventually("it says so") { try await browser.text("#said")?.contains("Approved") ?? false }
        try await eventually("the page follows it to its end") {
            let facts = try await browser.text("main dl.facts") ?? ""
            return facts.contains("3 delivered") && facts.contains("ana")
        }
        #expect(try await browser.has("#approve") == false)
        let shown = try await workspace.run("broadcast", "show", "b1", "--json").objects.first
        #expect(shown?["deliveries"]?["delivered"] == 3)

        // What one is about to press stays the same while the page changes around it.
        try workspace.drop(Self.silence("x1", of: "search"))
        try await browser.open("\(page)/silences")
        try await eventually("it is in force") { try await browser.text("main table")?.contains("search") ?? false }
        try await browser.run("document.querySelector('form[action=\"/silences/end\"]').isTheFirst = true")
        try workspace.drop(Self.silence("x2", of: "mail"))
        try await eventually("the second is in force") { try await browser.text("main table")?.contains("mail") ?? false }
        let first = "[...document.querySelectorAll('form[action=\"/silences/end\"]')].filter((form) => form.isTheFirst).length"
        #expect(try await browser.run("return \(first) === 1").bool == true)

        let elsewhere = try await browser.requests().filter {
            !$0.hasPrefix(page + "/") && !$0.hasPrefix("data:") && !$0.hasPrefix("chrome")
        }
        #expect(elsewhere == [])
        let console = try await browser.console()
        #expect(console == [], "\(console)")
        #expect(await router.stop() == 0)
        await browser.close()
    }
}
