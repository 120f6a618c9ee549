// Members that may be misspelt, by their place.

import JSON
import Testing

@testable import Incidents

@Suite struct EventHintTests {
    private func hints(_ text: String, limit: Int = 100) throws -> [String] {
        var hinter = EventHinter()
        return hinter.hints(in: try JSONValue.parse(bytes: Array(text.utf8)), limit: limit).map { "\($0)" }
    }

    @Test(arguments: [
        (#"{"type":"update","messge":"m"}"#, "/messge: ", "`message`"),
        (#"{"type":"update","incident":{"id":"I","sevrity":"high"}}"#, "/incident/sevrity: ", "`severity`"),
        (#"{"type":"update","change":{"reson":"x"}}"#, "/change/reson: ", "`reason`"),
        (#"{"type":"broadcast","broadcast":{"audiance":[]}}"#, "/broadcast/audiance: ", "`audience`"),
        (#"{"specversion":"1.0","type":"update","data":{"incident":{"titel":"x"}}}"#, "/data/incident/titel: ", "`title`"),
        (#"{"inci/dent":{}}"#, "/inci~1dent: ", "`incident`"),
    ])
    func namesTheNearest(_ text: String, _ place: String, _ near: String) throws {
        let hints = try hints(text)
        #expect(hints.count == 1 && hints[0].hasPrefix(place) && hints[0].contains("Did you mean \(near)?"), "\(hints)")
    }

    @Test(arguments: [
        #"{"type":"update","incident":{"id":"I","labels":{"sevrity":"x"}},"anything":1}"#, "[]", "5",
        #"{"type":"update","message":"m","mesage":"n"}"#, #"{"specversion":"1.0","tipe":"x","data":null}"#,
    ])
    func saysNothingOf(_ text: String) throws { #expect(try hints(text).isEmpty) }

    @Test func whatWasComparedIsFoundAgainAtItsPlace() throws {
        var hinter = EventHinter()
        let event: JSONValue = ["resson": "x", "change": ["resson": "y"], "silence": ["resson": "z"]]
        let first = hinter.hints(in: event)
        #expect(first.map(\.pointer) == ["/change/resson", "/silence/resson"])
        #expect(hinter.hints(in: event) == first)
        #expect(hinter.hints(in: ["change": ["resson": "y", "reason": "z"]]).isEmpty)
    }

    @Test func hintsAreBounded() throws {
        let members = (0..<9).map { "\"titl\($0)\":1" }.joined(separator: ",")
        #expect(try hints("{\"incident\":{\(members)}}", limit: 4).count == 4)
        #expect(try hints("{\"incident\":{\(members)}}", limit: 0).isEmpty)
    }
}
