import Foundation
import Incidents
import JSON
import Testing

@testable import Adapters

/// The words of the format, each with what it does.
@Suite struct AdapterFormatTests {
    static let document = #"""
        {"a": {"b": [{"c": 1}, {"c": "two"}], "d.e": true, "empty": "", "none": null}, "list": ["x", "y"],
         "ref": {"link": "https://x", "value": "v"}, "shown": {"display_value": "Shown", "value": "v"}}
        """#

    @Test(arguments: [
        ("a.b[0].c", "1"), ("a.b[-1].c", "two"), ("a.b[*].c", "1, two"), (#"a["d.e"]"#, "true"), ("list", "x, y"), ("ref", "v"),
        ("shown", "Shown"), ("shown.value", "v"), ("$body.list[1]", "y"), ("$item.a.b[0].c", "1"), ("$header.x-tool", "nagios"),
    ])
    func paths(path: String, text: String) throws {
        let body = try json(Self.document)
        let scope = Scope(here: body, item: body, body: body, headers: ["x-tool": "nagios"], pointer: "")
        #expect(scope[try ValuePath(path)]?.adapted == text)
        #expect(try Template("<{{\(path)}}>").fill(scope) == "<\(text)>")
    }

    @Test(arguments: ["a.x", "a.empty", "a.none", "a.b[7]", "a.b[-7]", "list.x", "list[*].z", "$header.y", "a.b.c", "$it"])
    func whatIsNotThere(path: String) throws {
        let body = try json(Self.document)
        let scope = Scope(here: body, item: body, body: body, headers: [:], pointer: "")
        #expect(scope[try ValuePath(path)]?.adapted == nil)
        #expect(try Template("x {{\(path)}}").fill(scope) == nil)
        #expect(try Template("x {{\(path)?}}").fill(scope) == "x")
    }

    @Test(arguments: ["", "a..b", "a.", "a[", "a[x]", #"a["b"#, "$foo.bar", "a b", "{{a}}", "a]b"].filter { !$0.isEmpty })
    func pathsThatAreNone(path: String) { #expect(throws: TextFault.self) { try ValuePath(path) } }

    @Test(arguments: [
        ("2026-11-24T03:58:00Z", "2026-11-24T03:58:00Z"), ("2026-11-24T03:58:00+02:00", "2026-11-24T01:58:00Z"),
        ("2026-11-24T03:58:00.250+0200", "2026-11-24T01:58:00.250Z"), ("2026-11-24 03:58:00", "2026-11-24T03:58:00Z"),
        ("2026-11-24T03:58:00", "2026-11-24T03:58:00Z"), ("2026-11-24 03:58:00 UTC", "2026-11-24T03:58:00Z"),
        ("1795492680", "2026-11-24T03:58:00Z"), ("1795492680000", "2026-11-24T03:58:00Z"), ("1795492680000000", "2026-11-24T03:58:00Z"),
        ("1795492680.5", "2026-11-24T03:58:00.500Z"),
    ])
    func times(text: String, time: String) {
        #expect(ToolTime.read(.string(text)) == .time(time))
        if Int(text) != nil { #expect(ToolTime.read(.number(text)) == .time(time)) }
    }

    @Test(arguments: ["0001-01-01T00:00:00Z", "0", "0000", "", "1970-01-01 00:00:00"])
    func timesThatMeanNever(text: String) { #expect(ToolTime.read(.string(text)) == .never) }

    @Test(arguments: ["soon", "24/11/2026", "-5", "1e400", "999999999999999999999", "2026-13-01 00:00:00", "2026-11-24T03:58:00+9"])
    func timesThatNobodyUnderstands(text: String) { #expect(ToolTime.read(.string(text)) == .unreadable) }

    @Test(arguments: [
        (["firing"], "Firing", true), (["a", "b"], "b", true), (["pay*"], "Payments", true), (["pay*"], "repay", false),
        (["d?"], "db", true), (["!x"], "y", true), (["!x"], "X", false), (["a*", "!ab"], "ab", false), (["a*", "!ab"], "ac", true),
        (["~^p[1-3]$"], "P2", true), (["a.c"], "abc", false), (["*"], "x", true), (["!*"], "x", false),
    ])
    func words(texts: [String], value: String, holds: Bool) throws {
        #expect(try WordTests(texts).hold(.string(value)) == holds)
    }

    @Test func wordsOfWhatIsNotThere() throws {
        #expect(try WordTests(["!*"]).hold(nil) && WordTests(["!*"]).hold("") && WordTests(["!*"]).hold(.null))
        #expect(try WordTests(["!x"]).hold(nil))
        #expect(try !WordTests(["*"]).hold(nil) && !WordTests(["x"]).hold(nil))
        #expect(try WordTests(["priority"]).hold(["state", "priority"]) && !WordTests(["x"]).hold(["state"]))
    }

    @Test func theFirstThatIsThere() throws {
        let mine = try adapter(
            event: "source: x", incident: #"id: "{{id}}"\#ntitle: ["{{none}}", "{{a}} on {{none}}", "{{a}} of {{b}}", never]"#)
        let event = try mine.events(from: ["id": "1", "a": "A", "b": "B"], scale: .standard).events.first
        #expect(event?[at: "incident.title"] == "A of B")
        #expect(event?["source"] == "x")
    }

    @Test func mapsExtractsAndDefaults() throws {
        let mine = try adapter(
            event: "source: x",
            incident: #"""
                id: "{{id}}"
                service: {from: "{{s}}", map: {"1": one, "db-*": databases, gone: ~}, default: "service {{s}}"}
                category: {from: "{{c}}", map: {a: b}}
                url: {from: "{{u}}", extract: "^(https?://[^/]+)", as: "{{$it}}/show/{{id}}"}
                team: {from: ["{{t}}", "{{s}}"], like: "db*"}
                """#)
        func incident(_ members: [String: JSONValue]) throws -> JSONValue? {
            try mine.events(from: .object(members.merging(["id": "7"]) { own, _ in own }), scale: .standard).events.first?["incident"]
        }
        #expect(try incident(["s": 1])?["service"] == "one")
        #expect(try incident(["s": "DB-7"])?["service"] == "databases")
        #expect(try incident(["s": "gone"])?["service"] == nil)
        #expect(try incident(["s": "x"])?["service"] == "service x")
        #expect(try incident(["c": "z"])?["category"] == nil)
        #expect(try incident(["u": "https://tool.example/api/7"])?["url"] == "https://tool.example/show/7")
        #expect(try incident(["u": "javascript:alert(1)"])?["url"] == nil)
        #expect(try incident(["t": "web", "s": "db-1"])?["team"] == "db-1")
    }

    @Test func labelsAreCopiedAndNamed() throws {
        let mine = try adapter(
            event: "source: x",
            incident: ##"id: "{{id}}"\##nlabels: {"*": ["{{labels}}", "{{tags}}", "{{list}}"], env: "{{e}}", gone: "{{none}}"}"##)
        let labels = try mine.events(
            from: try json(#"{"id":1,"labels":{"a":"1","__x":"2","n":5,"o":{"p":1}},"tags":"b:2, c=3,d","list":["e:4","f"],"e":"prod"}"#),
            scale: .standard
        ).events.first?[at: "incident.labels"]
        #expect(labels == ["a": "1", "n": "5", "b": "2", "c": "3", "e": "4", "env": "prod"])
    }

    @Test func idsStayWithinTheirBounds() throws {
        let mine = try adapter(event: "source: x")
        let long = String(repeating: "é", count: 5_000)
        for id in [long, "a\r\nb\u{0}", long + "x"] {
            let made = try #require(try mine.events(from: ["id": .string(id)], scale: .standard).events.first?["id"]?.string)
            #expect(made.unicodeScalars.count <= 200 && !made.unicodeScalars.contains { $0.properties.generalCategory == .control })
        }
        let ids = try [long, long + "x"].map { try mine.events(from: ["id": .string($0)], scale: .standard).events.first?["id"] }
        #expect(ids[0] != ids[1])
    }

    @Test func rulesThatGoOnAndRulesThatEnd() throws {
        let mine = try adapter(
            #"""
            version: 1
            event: {id: "{{id}}/{{field?}}", incident: {id: "{{$item.id}}"}, message: "{{what}}"}
            rules:
              - {each: changes, when: {field: a}, continue: true, event: {type: update, id: "{{$item.id}}/a"}}
              - {when: [{x: "1"}, {y: "*"}], event: {type: update}}
              - {when: {x: "2"}, skip: two is nothing}
              - {when: {x: "3"}, refuse: three is too many}
            """#)
        func adapt(_ text: String) throws -> Adaptation { try mine.events(from: try json(text), scale: .standard) }
        let both = try adapt(#"{"id":"i","x":"1","what":"w","changes":[{"field":"a","what":"w"},{"field":"b"}]}"#)
        #expect(both.events.compactMap { $0["id"]?.string } == ["i/a", "i/"])
        #expect(try adapt(#"{"id":"i","y":"yes","what":"w"}"#).events.count == 1)
        #expect(try adapt(#"{"id":"i","x":"2"}"#).notes.map(\.message) == ["nothing to tell: two is nothing"])
        #expect(try adapt(#"{"id":"i","x":"9"}"#).notes.map(\.message) == ["nothing to tell: no rule of the adapter fits"])
        let refused = #expect(throws: AdapterFault.self) { try adapt(#"{"id":"i","x":"3"}"#) }
        #expect(refused?.code == .wrongType, "nothing is missing: it is what it should not be")
    }

    @Test func headersCanBeUsed() throws {
        let mine = try adapter(event: #"source: "{{$header.X-Tool}}""#.replacing("X-Tool", with: "x-tool"))
        #expect(try mine.events(from: ["id": 1], headers: ["X-Tool": "nagios"], scale: .standard).events.first?["source"] == "nagios")
    }
}
