// What docs/adapters.md shows works as it stands there.

import Foundation
import Incidents
import JSON
import Testing

@testable import Adapters

@Suite struct DocumentationTests {
    private func blocks(_ language: String, after heading: String) throws -> [String] {
        let file = Sample.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/adapters.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(text.range(of: "\n## \(heading)\n"))
        let section = text[start.upperBound...]
        let end = section.range(of: "\n## ")?.lowerBound ?? section.endIndex
        return section[..<end].components(separatedBy: "```\(language)\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
    }

    @Test func theExampleOfOnesOwn() throws {
        let heading = "One of your own, in five minutes"
        let body = try json(try #require(try blocks("json", after: heading).first))
        let monitor = try adapter(try #require(try blocks("yaml", after: heading).first))
        #expect(
            try monitor.events(from: body, scale: .standard).events == [
                [
                    "type": "escalation", "id": "17/1795492680/DOWN", "source": "mine", "identity": "id",
                    "incident": [
                        "id": "mon-17", "title": "shop checkout: HTTP 500 from web-7", "severity": "high", "status": "open", "team": "web",
                        "opened_at": "2026-11-24T03:58:00Z", "url": "https://monitor.example.com/checks/17",
                        "labels": ["region": "eu", "tier": "front", "check": "17"],
                    ],
                ]
            ])
        let up = try json(body.text.replacing("DOWN", with: "UP"))
        #expect(try monitor.events(from: up, scale: .standard).events.first?[at: "incident.status"] == "resolved")
        #expect(throws: AdapterFault.self) {
            try monitor.events(from: try json(body.text.replacing("DOWN", with: "SIDEWAYS")), scale: .standard)
        }
    }

    @Test func theSignaturesThatAreShown() throws {
        let shown = try #require(try blocks("yaml", after: "Signatures").first)
        for part in shown.components(separatedBy: "\nsignature:").map({ $0.hasPrefix("signature:") ? $0 : "signature:" + $0 }) {
            #expect(try adapter("version: 1\nrules: [{skip: x}]\n\(part)").isSigned)
        }
    }

    /// All variables that the adapter looks for are in the payload to paste.
    @Test func thePayloadForDatadog() throws {
        let payload = try json(try #require(try blocks("json", after: "Datadog").first))
        let members = try Sample(provider: "datadog", name: "triggered").json()
        #expect(Set((payload.object ?? [:]).keys) == Set((members.object ?? [:]).keys))
        // As Datadog's own test sends it where it has nothing to fill in.
        let adaptation = try #require(Adapter.shipped("datadog")).events(from: payload, scale: .standard)
        #expect(adaptation.events.allSatisfy { $0["type"] == "update" })
    }
}
