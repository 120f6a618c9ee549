import Foundation
import Settings
import TestKeys
import Testing
import Transport

@testable import Delivery

@Suite("The set of channels")
struct ChannelSetTests {
    private func set(_ ways: KeyValuePairs<String, ChannelSettings.Way>) -> ChannelSet {
        ChannelSet(
            ways.map { ChannelSettings(name: $0.key, way: $0.value) }, http: ScriptedHTTP([http(200, "ok")]),
            mail: ScriptedMail(.accepted(reply: "")), hostName: "router.example")
    }

    @Test("finds channels by name, in order")
    func names() {
        let set = set(["b": .slackWebhook(url: Secret("https://s.example/1")), "a": .teams(webhook: Secret("https://t.example/2"))])
        #expect(set.all.map(\.name) == ["b", "a"])
        #expect(set["a"]?.kind == .teams && set["c"] == nil)
    }

    @Test("gives equal destinations to what shares limits, and only to that")
    func destinations() {
        let hook = Secret("https://hooks.slack.com/services/T1/B1/x")
        let bot = SlackBotSettings(token: Secret("xoxb-1"), channel: "C1")
        let otherBot = SlackBotSettings(token: Secret("xoxb-2"), channel: "C1")
        let set = set([
            "a": .slackWebhook(url: hook), "b": .slackWebhook(url: hook),
            "c": .slackWebhook(url: Secret("https://hooks.slack.com/services/T1/B1/y")),
            "d": .slackBot(bot), "e": .slackBot(otherBot), "f": .teams(webhook: hook),
        ])
        let all = set.all.map(\.destination)
        #expect(all[0] == all[1])
        #expect(Set(all).count == 5)
        #expect(all[0].hasPrefix("slack:https://hooks.slack.com/…#") && all[0].count == "slack:https://hooks.slack.com/…#".count + 12)
    }

    @Test("names what cannot work")
    func problems() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("tocsin-\(UUID().uuidString).pem")
        try Data(TestKeys.rsa2048.utf8).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        let good = FileManager.default.temporaryDirectory.appendingPathComponent("tocsin-\(UUID().uuidString).pem")
        try Data(TestKeys.certificate.utf8).write(to: good)
        defer { try? FileManager.default.removeItem(at: good) }
        func email(_ key: String, from: String = "a@example.com") -> ChannelSettings.Way {
            .email(
                EmailSettings(
                    host: "h", port: 25, from: Mailbox(address: from),
                    dkim: DKIMSettings(domain: "example.com", selector: "s", key: Secret(key))))
        }
        func gateway(_ change: (inout GatewaySettings) -> Void) -> ChannelSettings.Way {
            var settings = GatewaySettings(url: Secret("https://g.example/"))
            change(&settings)
            return .gateway(settings)
        }
        func found(_ way: ChannelSettings.Way, ca: String? = nil) -> [String] {
            var settings = ChannelSettings(name: "c", way: way)
            settings.options.ca = ca
            return ChannelSet.problems([settings]).map(\.message)
        }
        #expect(found(email(TestKeys.rsa2048), ca: good.path) == [])
        #expect(found(email(TestKeys.rsa1024)).first?.contains("1024 bits") == true)
        #expect(found(email("nonsense")).count == 1)
        #expect(found(email(TestKeys.rfc8463, from: "jürgen@example.com")).first?.hasPrefix("from: ") == true)
        #expect(found(email(TestKeys.rsa2048), ca: "/nowhere/ca.pem").first?.contains("cannot be read") == true)
        #expect(found(email(TestKeys.rsa2048), ca: path.path).first?.contains("no certificate") == true)
        #expect(found(gateway { _ in }) == [])
        #expect(found(gateway { $0.successBody = "(" }).first?.hasPrefix("success.body: ") == true)
        #expect(found(gateway { $0.idPattern = "x" }).first?.contains("one group") == true)
        #expect(found(gateway { $0.query = [.init(name: "t", value: Secret("{{txt}}"))] }).first?.contains("{{txt}}") == true)
        #expect(found(gateway { ($0.method, $0.body) = ("POST", .json(Secret(#"{"a":{{text}}}"#))) }).first?.contains("no JSON") == true)
        #expect(found(gateway { $0.body = .form([]) }).first?.contains("no body") == true)
    }

    @Test("defers everything on a channel that cannot work, and says why")
    func unusable() async {
        let set = set([
            "mail": .email(
                EmailSettings(
                    host: "h", port: 25, from: Mailbox(address: "a@example.com"),
                    dkim: DKIMSettings(domain: "example.com", selector: "s", key: Secret("nonsense-key")))),
            "sms": .gateway(GatewaySettings(url: Secret("https://g.example/"), successBody: "(")),
        ])
        for channel in set.all {
            let report = await channel.deliver(ContractSubject.email.parcel())
            #expect(report.outcome == .deferred(.badConfiguration))
            #expect(report.detail?.isEmpty == false && report.detail?.contains("nonsense-key") == false)
        }
    }
}
