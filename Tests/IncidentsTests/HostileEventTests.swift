// Events that somebody made to hurt: bombs, line ends where none may be, names that climb. Each is an event whose texts
// stay texts, or a rejection; and each is read in a time that a person does not notice.

import JSON
import Testing

@testable import Incidents

@Suite(.timeLimit(.minutes(1))) struct HostileEventTests {
    private static func event(_ member: String) -> String {
        #"{"type":"update","incident":{"id":"I",\#(member)},"message":"m"}"#
    }

    /// As large as a file may be. Quadratic work would take minutes.
    @Test(arguments: [
        event("\"x\":[" + String(repeating: "1,", count: 500_000) + "1]"),
        event("\"title\":\"" + String(repeating: "x", count: 1_000_000) + "\""),
        event("\"title\":\"" + String(repeating: "\\u0301", count: 170_000) + "\""),
        event("\"labels\":{" + (0..<60_000).map { "\"l\($0)\":\"v\"" }.joined(separator: ",") + "}"),
        event("\"x\":" + String(repeating: "[", count: 62) + String(repeating: "]", count: 62)),
        event("\"n\":" + String(repeating: "9", count: 1_000_000)),
    ]) func bombsAreEvents(text: String) throws {
        let event = try parse(text)
        let incident = try #require(Incident.apply(event, to: nil, now: noon)?.incident)
        #expect(incident.id == "I")
        // Known texts are kept whole, and are no longer than a file; of the rest, little is kept.
        #expect(JSONValue.object(incident.members).bytes.count < text.utf8.count + 100_000)
    }

    @Test(arguments: [
        (event("\"x\":" + String(repeating: "[", count: 100_000)), RejectionCode.tooDeep),
        (event("\"x\":" + String(repeating: "{\"a\":", count: 100_000)), .tooDeep),
        (event((0..<30_000).map { "\"m\($0)\":1" }.joined(separator: ",") + ",\"m0\":2"), .duplicateMember),
        (event("\"x\":\"" + String(repeating: "\\", count: 1_000_001)), .notJSON),
        (event("\"a\":1,\"\\u0061\":2"), .duplicateMember),
    ]) func bombsAreRejectedWithTheirPlace(text: String, code: RejectionCode) {
        let rejection = rejection(text)
        #expect(rejection?.code == code)
        #expect(rejection?.line == 1 && rejection?.column ?? 0 > 1)
        #expect(rejection?.message.utf8.count ?? 0 < 1_000)
    }

    /// What becomes part of a header, an address, a command or a table holds no line end.
    @Test(arguments: ["\\r\\nBcc: x@y", "\\n", "\\u0000", "\\u0085", "\\u001b[2J", "\\u009b2J"])
    func idsHoldNoControlCharacters(text: String) {
        #expect(rejection(#"{"type":"update","id":"a\#(text)","incident":{"id":"I"},"message":"m"}"#)?.pointer == "/id")
        #expect(rejection(#"{"type":"update","source":"a\#(text)","incident":{"id":"I"},"message":"m"}"#)?.pointer == "/source")
        #expect(rejection(#"{"type":"update","incident":{"id":"I\#(text)"},"message":"m"}"#)?.pointer == "/incident/id")
    }

    /// An id is never a path, a command or a pattern: it is kept as it is.
    @Test(arguments: ["../../etc/passwd", "$(reboot)", "{{evil}}", "'; DROP TABLE events; --", "%s%n", "<!channel>"])
    func idsAreOnlyTexts(id: String) throws {
        #expect(try parse(#"{"type":"update","incident":{"id":"\#(id)"},"message":"m"}"#).incident?.id == id)
    }
}
