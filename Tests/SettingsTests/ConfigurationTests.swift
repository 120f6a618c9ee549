// What a good file comes to: values, defaults, the example, the sandbox.

import Foundation
import Incidents
import Routing
import Settings
import Testing

@Suite struct ConfigurationTests {
    private func everything() throws -> RouterConfiguration {
        let path = Place.fixtures.appending(path: "good-everything.yaml").path
        return try #require(ConfigurationLoader.load(path: path, environment: environment).configuration)
    }

    @Test func exampleAsksForItsSecretsOnly() throws {
        let path = Place.root.appending(path: "routes.yaml.example").path
        let result = ConfigurationLoader.load(path: path, environment: [:])
        let findings = result.diagnostics.filter { $0.severity != .note }
        #expect(findings.count == 7)
        #expect(findings.allSatisfy { $0.message.hasPrefix("the environment variable `") && $0.message.hasSuffix("` is not set") })
    }

    @Test func exampleIsGoodWithItsSecrets() throws {
        let path = Place.root.appending(path: "routes.yaml.example").path
        let secrets = [
            "SLACK_WEBHOOK": "https://hooks.slack.com/services/x", "SLACK_BOT_TOKEN": "xoxb-x",
            "TEAMS_WEBHOOK": "https://teams.example.com/x",
            "SMTP_PASSWORD": "x", "TWILIO_ACCOUNT": "AC0123456789abcdef0123456789abcdef", "TWILIO_TOKEN": "x", "KANNEL_PASSWORD": "x",
        ]
        let result = ConfigurationLoader.load(path: path, environment: secrets)
        #expect(result.lines == [])
        #expect(result.configuration?.channels.count == 6)
    }

    @Test func placeholdersStandForMissingSecrets() throws {
        let path = Place.root.appending(path: "routes.yaml.example").path
        let result = ConfigurationLoader.load(path: path, environment: [:], placeholderSecrets: true)
        #expect(!result.hasErrors)
        #expect(result.configuration?.channels.count == 6)
    }

    @Test func defaults() throws {
        let configuration = try #require(try load(file()).configuration)
        let directory = URL(filePath: configuration.file).deletingLastPathComponent().path
        #expect(
            configuration.router
                == RouterSettings(
                    queue: directory + "/queue", state: directory + "/state", templates: directory + "/templates",
                    assumedSeverity: Severity(name: "critical", rank: 0)))
        #expect(configuration.scale == .standard)
        #expect(configuration.channels.map(\.options.unknownResends) == [3, 3, 1])
        var options = ChannelOptions()
        options.rate = Rate.slack
        #expect(configuration.channels.first?.options == options)
        options.rate = []
        options.unknownResends = 1
        #expect(configuration.channels.last?.options == options)
        let route = try #require(configuration.table.routes.first)
        #expect(!route.isUrgent && !route.stops && route.template == nil && route.expire == nil && route.match.conditions.isEmpty)
    }

    @Test func values() throws {
        let configuration = try everything()
        #expect(configuration.router.timezone == "Europe/London")
        #expect(configuration.router.retain == 90 * 86_400)
        #expect(configuration.scale.steps.map(\.name) == ["critical", "high", "medium", "low"])
        #expect(configuration.channels.map(\.name) == ["ops-slack", "war-room", "ops-teams", "mail", "sms", "sms-gateway"])
        #expect(configuration.table.unrouted.map(\.text) == ["ops-slack"])
        #expect(
            configuration.table.directory.communicationLeads == [
                "critical": ["duty-engineer", "service-owner"], "high": ["service-owner"],
            ])
        #expect(configuration.templateReferences.map(\.name) == ["breach"])
        let person = try #require(configuration.table.directory.people["duty-engineer"])
        #expect(person.addresses == [.email: "duty@example.com", .sms: "+447700900123"])
        #expect(person.via == ["sms", "mail"] && person.timezone == "Asia/Kolkata" && person.language == "en")
        let facts = try #require(configuration.table.directory.channels["ops-slack"])
        #expect(facts.ownAddress == "https://hooks.slack.com/…" && !facts.takesAddresses)
        #expect(configuration.table.directory.channels["war-room"]?.ownAddress == "C0123456")
        let breach = try #require(configuration.table.routes.last)
        #expect(breach.during?.name == "office" && breach.expire == 3_600 && breach.match.conditions.count == 4)
        #expect(breach.during?.days == [1, 2, 3, 4, 5] && breach.during?.opens == 540 && breach.during?.closes == 1_050)
        guard case .email(let mail) = configuration.channels[3].way else { throw Unexpected() }
        #expect(mail.host == "mail.example.com" && mail.port == 587 && mail.tls == .required && !mail.implicitTLS)
        #expect(mail.from == Mailbox(displayName: "Incidents", address: "incidents@example.com"))
        #expect(mail.password?.reveal() == "hunter2s3cret" && mail.dkim?.selector == "tocsin")
        guard case .gateway(let gateway) = configuration.channels[5].way else { throw Unexpected() }
        #expect(gateway.query.map(\.name) == ["username", "password", "to", "text", "coding", "charset"])
        #expect(gateway.successStatuses == [200, 202] && gateway.successBody == "^0:")
    }

    struct Unexpected: Error {}

    @Test func scalarsAreTexts() throws {
        let path = Place.fixtures.appending(path: "text-not-type.yaml").path
        let text = try String(contentsOfFile: path, encoding: .utf8).replacing("[\"~\"]", with: "[x]")
        let configuration = try #require(try load(text).configuration)
        #expect(configuration.scale.steps.map(\.name) == ["yes", "no", "null"])
        #expect(configuration.scale.severity("2.0")?.name == "no")
        let person = try #require(configuration.table.directory.people["ana"])
        #expect(person.displayName == "007" && person.language == "no")
        #expect(configuration.table.routes.first?.name == "1.0")
    }

    @Test func aGatewaysJSONKeepsTypes() throws {
        let text = """
            version: 1
            channels:
              g:
                type: sms
                gateway: http
                request:
                  url: "https://sms.example.com"
                  json: {to: ["{{address}}"], text: "{{text}}", flash: false, retries: 3, code: "3", key: "${env:PASSWORD}"}
            routes: [{name: all, to: "g:+447700900123"}]
            """
        let configuration = try #require(try load(text).configuration)
        guard case .gateway(let gateway) = configuration.channels[0].way, case .json(let json) = gateway.body else { throw Unexpected() }
        #expect(gateway.method == "POST")
        #expect(
            json.reveal().contains(#""retries":3"#) && json.reveal().contains(#""code":"3""#) && json.reveal().contains(#""flash":false"#))
        #expect(json.reveal().contains(#""key":"hunter2s3cret""#))
    }

    @Test func aPersonWithoutViaIsReachedByWhatFits() throws {
        let configuration = try #require(try load(file().replacing(", via: [mail, text]", with: "")).configuration)
        #expect(configuration.table.directory.people["ana"]?.via == ["mail", "text"])
    }

    @Test func oneNoteForAllThatIsLater() throws {
        let path = Place.fixtures.appending(path: "later-sections.yaml").path
        let result = ConfigurationLoader.load(path: path, environment: environment)
        #expect(result.diagnostics.filter { $0.severity == .note }.count == 1)
        #expect(result.diagnostics.last?.severity == .note)
        #expect(try load(file(top: "")).diagnostics.isEmpty)
    }

    @Test func theSandboxGetsEverythingAndNoSecret() throws {
        let endpoints = SandboxEndpoints(
            slackWebhook: "http://127.0.0.1:1/slack/webhook", slackAPI: "http://127.0.0.1:1/slack/api", teams: "http://127.0.0.1:1/teams",
            smtpHost: "127.0.0.1", smtpPort: 25, smtpsPort: 465, twilio: "http://127.0.0.1:1/twilio", gateway: "http://127.0.0.1:1/gateway",
            ca: "/tmp/ca.pem")
        let configuration = try everything()
        let sandbox = configuration.redirected(to: endpoints)
        #expect(sandbox.channels.map(\.name) == configuration.channels.map(\.name))
        #expect(sandbox.channels.map(\.kind) == configuration.channels.map(\.kind))
        for channel in sandbox.channels {
            #expect(channel.options.proxy == nil)
            switch channel.way {
            case .slackWebhook(let url): #expect(url.reveal() == "http://127.0.0.1:1/slack/webhook/ops-slack")
            case .teams(let url): #expect(url.reveal() == "http://127.0.0.1:1/teams/ops-teams")
            case .slackBot(let bot):
                #expect(bot.token.reveal() == "xoxb-sandbox" && bot.channel == "C0123456" && bot.baseURL == endpoints.slackAPI)
            case .email(let mail):
                #expect(mail.host == "127.0.0.1" && mail.port == 25 && mail.tls == .required && channel.options.ca == "/tmp/ca.pem")
                #expect(mail.password?.reveal() == "sandbox" && mail.dkim != nil)
            case .twilio(let twilio): #expect(twilio.token.reveal() == "sandbox" && twilio.baseURL == endpoints.twilio)
            case .gateway(let gateway):
                #expect(gateway.url.reveal() == endpoints.gateway && !gateway.query.contains { $0.value.reveal().contains(tellTale) })
            }
        }
    }
}
