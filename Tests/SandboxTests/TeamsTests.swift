import JSON
import Testing

@testable import Sandbox

@Suite struct TeamsTests {
    static func message(version: String = "1.4", body: String, actions: String = "[]") -> String {
        """
        {"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","contentUrl":null,"content":{
         "$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"\(version)","body":\(body),"actions":\(actions)}}]}
        """
    }

    @Test func acceptsAndReads() async throws {
        let sandbox = try await Sandbox.plain()
        let body = """
            [{"type":"TextBlock","text":"INC1 **db** down\\\\_now","size":"Medium","color":"Attention","wrap":true},
             {"type":"FactSet","facts":[{"title":"Severity","value":"critical"}]},
             {"type":"Container","items":[{"type":"TextBlock","text":"see [book](https://x.example/b), my_name_here"}]}]
            """
        let actions = #"[{"type":"Action.OpenUrl","title":"Open","url":"https://x.example/"}]"#
        let reply = try await sandbox.post("/teams/ops-teams", json: Self.message(body: body, actions: actions))
        #expect(reply.status == 202)
        #expect(reply.body.isEmpty)
        let message = try #require(sandbox.inbox.all().first)
        #expect(message.channel == "ops-teams")
        #expect(message.title == "INC1 db down_now")
        #expect(
            message.text
                == "INC1 db down_now\nSeverity: critical\nsee book (https://x.example/b), my_name_here\n[Open] https://x.example/")
        await sandbox.stop()
    }

    static let shapes: [String] = [
        "{", "[]", #"{"text":"legacy"}"#, #"{"type":"message","attachments":[]}"#,
        #"{"type":"message","attachments":[{"contentType":"text/plain","content":"x"}]}"#,
        message(version: "1.6", body: #"[{"type":"TextBlock","text":"x"}]"#),
        message(version: "2.0", body: #"[{"type":"TextBlock","text":"x"}]"#), message(body: "[]"),
        message(body: #"[{"type":"TextBlock"}]"#),
        message(body: #"[{"type":"Marquee","text":"x"}]"#), message(body: #"[{"type":"TextBlock","text":"x","color":"red"}]"#),
        message(body: #"[{"type":"FactSet","facts":[{"title":"x"}]}]"#),
        message(body: #"[{"type":"TextBlock","text":"x"}]"#, actions: #"[{"type":"Action.Submit","title":"x"}]"#),
        message(body: #"[{"type":"TextBlock","text":"x"}]"#, actions: #"[{"type":"Action.OpenUrl","title":"x","url":"here"}]"#),
        message(
            body: #"[{"type":"TextBlock","text":"x"}]"#,
            actions: "[" + Array(repeating: #"{"type":"Action.OpenUrl","title":"x","url":"https://x"}"#, count: 7).joined(separator: ",")
                + "]"),
    ]

    @Test(arguments: shapes)
    func refusesShapes(json: String) async throws {
        let sandbox = try await Sandbox.plain()
        #expect(try await sandbox.post("/teams/ops", json: json).status == 400)
        #expect(sandbox.inbox.count == 0)
        #expect(sandbox.inbox.refusedCount == 1)
        await sandbox.stop()
    }

    @Test func refusesLargeMessages() async throws {
        let sandbox = try await Sandbox.plain()
        let frame = Self.message(body: #"[{"type":"TextBlock","text":""}]"#).utf8.count
        for (size, status) in [(Teams.maximumBytes, 202), (Teams.maximumBytes + 1, 413)] {
            let text = String(repeating: "x", count: size - frame)
            let reply = try await sandbox.post("/teams/ops", json: Self.message(body: "[{\"type\":\"TextBlock\",\"text\":\"\(text)\"}]"))
            #expect(reply.status == status)
        }
        await sandbox.stop()
    }
}
