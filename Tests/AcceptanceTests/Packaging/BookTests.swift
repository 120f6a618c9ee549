// The book: no link leads nowhere, every page is in the table of contents, and its examples are what the program takes.

import Foundation
import Testing

@Suite struct BookTests {

    @Test func noLinkLeadsNowhere() throws {
        let pages = try MarkdownPage.all()
        let byPath = Dictionary(uniqueKeysWithValues: pages.map { ($0.path, $0) })
        var count = 0
        for page in pages {
            for link in page.links where !link.contains("://") && !link.hasPrefix("mailto:") {
                count += 1
                let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                let path = parts[0].isEmpty ? page.path : page.resolve(parts[0])
                let exists = FileManager.default.fileExists(atPath: repository.appendingPathComponent(path).path)
                #expect(exists, "\(page.path): \(link)")
                if exists, parts.count == 2, let target = byPath[path] {
                    #expect(target.anchors.contains(parts[1]), "\(page.path): \(link)")
                }
            }
        }
        #expect(count > 100, "links are found at all")
    }

    @Test func theTableOfContentsHasEveryPage() throws {
        let contents = try MarkdownPage("docs/README.md")
        let named = Set(contents.links.map { contents.resolve(String($0.prefix { $0 != "#" })) })
        for page in try MarkdownPage.all() where page.path.hasPrefix("docs/") && page.path != "docs/README.md" {
            #expect(named.contains(page.path))
        }
    }

    @Test(arguments: [
        ("## A title: `run --once`, x_y", "a-title-run---once-x_y"), ("# Mail that comes back: `bounce`", "mail-that-comes-back-bounce"),
    ])
    func anchorsAreThoseOfTheRenderer(heading: String, anchor: String) { #expect(MarkdownPage.anchor(heading) == anchor) }

    /// What one copies out of it in the first ten minutes works.
    @Test func gettingStartedWorks() async throws {
        let blocks = try MarkdownPage("docs/getting-started.md").blocks
        let yaml = blocks.filter { $0.language == "yaml" }.map(\.text)
        let routes = try #require(yaml.first)
        let event = try #require(blocks.first { $0.language == "json" }).text
        let workspace = try Workspace(routes)
        try workspace.write(event, to: "event.json")
        try workspace.write(try #require(yaml.last), to: "nobody-answers.yaml")
        let secrets = ["SLACK_WEBHOOK": "https://hooks.slack.com/services/x", "SMTP_PASSWORD": "x"]
        let check = try await workspace.run("check", "--strict", environment: secrets)
        #expect(check.status == 0 && check.output.isEmpty, "\(check.output)")
        #expect(try await workspace.run("check").status == 1, "the secrets are missing, as it says")
        #expect(try await workspace.run("explain", "event.json", "--render").status == 0)
        let test = try await workspace.run("test", "nobody-answers.yaml", "--timeline")
        #expect(test.status == 0, "\(test.output)")
        try workspace.drop(event)
        #expect(try await workspace.run("run", "--once", "--sandbox").status == 0)
        #expect(try await workspace.deliveries().map { $0["recipient"] } == ["ops-slack", "ana"])
    }

    @Test(arguments: ["slack", "teams", "email", "sms-twilio", "sms-gateway"])
    func theChannelPagesExamplesAreRight(name: String) async throws {
        let page = try MarkdownPage("docs/channels/\(name).md")
        let examples = page.blocks.filter { $0.language == "yaml" && $0.text.hasPrefix("channels:") }.map(\.text)
        #expect(!examples.isEmpty)
        for example in examples {
            let workspace = try Workspace("")
            let secret = name == "teams" || !example.contains("token") && name == "slack" ? "https://example.com/x" : "x"
            try workspace.write(secret, to: "secret")
            // Every secret's file is the one beside it.
            let local = try Regex(#"\$\{file:/etc/tocsin/secrets/[a-z-]+\}"#)
            try workspace.write("version: 1\n" + example.replacing(local, with: "${file:secret}"), to: "routes.yaml")
            let check = try await workspace.run("check")
            #expect(check.status == 0, "\(check.output)\(check.errors)")
        }
    }
}
