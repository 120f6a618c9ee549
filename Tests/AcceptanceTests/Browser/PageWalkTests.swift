// Somebody walks through the page, in a real browser: signs in, reads, acknowledges; and somebody else sees it happen.

import Foundation
import JSON
import Testing

@Suite(.enabled(if: Browser.isThere, "Chromium walks the page: `scripts/needs pages` installs it"))
struct PageWalkTests {
    /// A router with a page, and a token that opens it.
    static func router(_ workspace: Workspace, port: Int) async throws -> (RunningProgram, token: String) {
        let router = try await workspace.router("--sandbox")
        try await eventually("the page is there: \(router.errors)") { isListening(port) }
        let made = try await workspace.run("token", "create", "--scope", "operate", "--name", "ana")
        let token = made.output.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        return (router, token)
    }

    private static func routes(_ port: Int) -> String {
        """
        version: 1
        http: {listen: "127.0.0.1:\(port)"}
        sla: {critical: {acknowledge: 30m, resolve: 4h}}
        channels:
          ops-slack: {type: slack, webhook: "${env:SLACK}"}
          mail: {type: email, server: "smtp://mail.example.com:587", from: incidents@example.com}
        people:
          ben: {name: Ben, email: ben@example.com, via: [mail]}
        routes:
          - {name: all, match: {severity: ">=low"}, to: [ops-slack, ben]}
        """
    }

    private static let incident = """
        {"type": "status_change", "source": "monitor",
         "incident": {"id": "INC1", "title": "Payments fail <script>document.title='taken over'</script>", "severity": "critical",
                      "status": "open", "service": "payments"}}
        """

    @Test(.timeLimit(.minutes(5))) func oneAcknowledgesAndAnotherSeesIt() async throws {
        let port = try freePorts(1)[0]
        let workspace = try Workspace(Self.routes(port))
        let (router, token) = try await Self.router(workspace, port: port)
        try workspace.drop(Self.incident)
        let browser = try await Browser.start()
        let page = "http://127.0.0.1:\(port)"

        // Sign in, and be led to what was asked for.
        try await browser.open("\(page)/incidents")
        #expect(try await browser.address == "\(page)/sign-in?next=%2Fincidents")
        try await browser.type("not a token", into: "input[name=token]")
        try await browser.click("main button")
        try await eventually("a wrong token is refused") { try await browser.has(".notice.bad") }
        try await browser.type(token, into: "input[name=token]")
        try await browser.click("main button")
        try await eventually("one is signed in") { try await browser.address == "\(page)/incidents" }

        // See the incident, on Now and in the list, and open its story.
        try await eventually("the incident shows, without a reload") { try await browser.text("main table")?.contains("INC1") ?? false }
        try await browser.open("\(page)/")
        #expect(try await browser.text("#open")?.contains("Payments fail <script>") == true)
        #expect(try await browser.run("return document.title").string == "Now · Tocsin")
        let first = try await browser.window
        let second = try await browser.newWindow()
        try await browser.open("\(page)/incidents/INC1")
        #expect(try await browser.text("#story")?.contains("open") == true)
        try await browser.type("half a sentence", into: "#update textarea")
        try await eventually("the second window is live") { try await browser.text("#live-state") == "Live" }

        // Acknowledge in the first; see it in the second, where what was typed is still there.
        try await browser.go(to: first)
        try await browser.click("#open h3 a")
        try await eventually("the story opens") { try await browser.has("#acknowledge button") }
        try await browser.click("#acknowledge button")
        try await eventually("it is acknowledged") { try await browser.text("#said")?.contains("you have it") ?? false }
        #expect(try await browser.has("#acknowledge") == false)
        try await browser.go(to: second)
        try await eventually("the second window shows it by itself") {
            let story = try await browser.text("#story") ?? ""
            return try await browser.has("#acknowledge") == false && story.contains("Acknowledged") && story.contains("by ana")
        }
        #expect(try await browser.run("return document.querySelector('#update textarea').value").string == "half a sentence")
        #expect(try await browser.run("return document.activeElement.name").string == "message")

        // Nothing was asked of anybody else, and nothing went wrong. The refused sign-in is the one thing the console tells.
        let elsewhere = try await browser.requests().filter {
            !$0.hasPrefix(page + "/") && !$0.hasPrefix("data:") && !$0.hasPrefix("chrome")
        }
        #expect(elsewhere == [])
        #expect(try await browser.console().filter { !$0.contains("/sign-in") } == [])

        // Live pages do not keep it from stopping.
        let asked = Date()
        #expect(await router.stop() == 0)
        #expect(Date().timeIntervalSince(asked) < 15)
        await browser.close()
    }
}
