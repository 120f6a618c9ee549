// POST /v1/events: what is accepted is in the queue as the router reads it, and what is not is told as in `rejected/`.

import Foundation
import JSON
import Testing

@testable import Web

@Suite struct EventsEndpointTests {
    private static let escalation = #"{"type": "escalation", "incident": {"id": "INC1", "severity": "high"}}"#

    @Test func oneEventGetsAnIdAndTheTokensName() async throws {
        let house = try IntakeHouse()
        let token = try house.token(name: "monitoring")
        let answer = try await house.post(Self.escalation, token: token)
        #expect(answer.status == 202)
        #expect(answer.ids.count == 1)
        let queued = try house.queued()
        #expect(queued.map { $0["id"]?.string } == answer.ids)
        #expect(queued.first?["source"] == "monitoring")
        #expect(queued.first?["incident"]?["severity"] == "high")
        #expect(answer.headers[.contentType]?.hasPrefix("application/json") == true)
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(try await house.take().isEmpty)
        #expect(try await house.ledger.incident("INC1") != nil)
    }

    @Test func whatTheEventSaysOfItselfStays() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        let answer = try await house.post(
            "\u{FEFF}{\n  \"id\": \"e1\",\r\n  \"source\": \"cron\", \"type\": \"update\",\n \"incident\": {\"id\": \"I\"}, \"message\": \"a\\nb\" }\n",
            token: token)
        #expect(answer.ids == ["e1"])
        #expect(try house.queued() == [["id": "e1", "source": "cron", "type": "update", "incident": ["id": "I"], "message": "a\nb"]])
    }

    @Test func aMemberThatIsNullIsReplacedAndNotRepeated() async throws {
        let house = try IntakeHouse()
        let answer = try await house.post(
            #"{"id": null, "source": null, "type": "escalation", "incident": {"id": "I"}}"#, token: try house.token(name: "t"))
        #expect(answer.status == 202)
        #expect(try house.queued().first?["source"] == "t")
    }

    @Test func anArrayIsAllOrNothing() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        let bad = try await house.post(
            "[\(Self.escalation), {\"type\": \"nonsense\"}, {\"type\": \"sla_breach\", \"incident\": {\"id\": \"I\"}}]", token: token)
        #expect(bad.status == 400)
        #expect(bad.codes == ["unknown_type", "reserved_type"])
        #expect(bad.errors.map { $0["index"]?.integer } == [1, 2])
        #expect(bad.errors.first?["pointer"] == "/type")
        #expect(try house.queued().isEmpty)
        let posing = try await house.post(
            #"{"type": "update", "source": "tocsin", "incident": {"id": "INC1"}, "message": "m"}"#, token: token)
        #expect(posing.status == 400 && posing.codes == ["reserved_type"])
        #expect(posing.errors.first?["pointer"] == "/source")
        let good = try await house.post(
            "[\(Self.escalation), {\"id\": \"x\", \"type\": \"update\", \"incident\": {\"id\": \"INC1\"}, \"message\": \"m\"}]",
            token: token)
        #expect(good.ids.count == 2 && good.ids.last == "x")
        #expect(try house.queued().map { $0["type"]?.string } == ["escalation", "update"])
    }

    @Test func linesAreReadOneByOne() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        let bad = try await house.post("\(Self.escalation)\n\n{\"type\": \n", token: token, type: "application/x-ndjson")
        #expect(bad.status == 400)
        #expect(bad.codes == ["not_json"])
        #expect(bad.errors.first?["line"] == 3)
        #expect(bad.errors.first?["index"] == 1)
        let several = try await house.post(
            "{\"type\": \"updat\"}\n\(Self.escalation)\nnot json\n{\"type\": \"update\"}", token: token, type: "application/x-ndjson")
        #expect(several.codes.contains("not_json"))
        #expect(several.errors.compactMap { $0["line"]?.integer } == [1, 3, 4], "each is named, in their order")
        let good = try await house.post("\(Self.escalation)\r\n\n\(Self.escalation)", token: token, type: "application/x-ndjson")
        #expect(good.ids.count == 2)
        #expect(try house.queued().count == 2)
    }

    @Test func cloudEventsComeInThreeModes() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        let envelope =
            #"{"specversion": "1.0", "id": "c1", "source": "/mon", "type": "tocsin.update", "data": {"incident": {"id": "I"}, "message": "m"}}"#
        #expect(try await house.post(envelope, token: token, type: "application/cloudevents+json").ids == ["c1"])
        let batch = try await house.post(
            "[\(envelope.replacing("c1", with: "c2"))]", token: token, type: "application/cloudevents-batch+json; charset=UTF-8")
        #expect(batch.ids == ["c2"])
        let binary = try await house.post(
            #"{"incident": {"id": "I"}, "message": "m"}"#, token: token,
            headers: ["ce-specversion": "1.0", "ce-id": "c3", "ce-source": "%2Fmon%20x", "ce-type": "update"])
        #expect(binary.ids == ["c3"], "\(binary)")
        #expect(try house.queued().map { $0["source"]?.string } == ["/mon", "/mon", "/mon x"])
        let bare = try await house.post(Self.escalation, token: token, type: "application/cloudevents+json")
        #expect(bare.status == 400 && bare.codes == ["missing_member"])
        #expect(try await house.take().isEmpty)
    }

    @Test(arguments: [
        ("", "application/json", 400, "not_json"), ("{", "application/json", 400, "not_json"),
        ("[1]", "application/json", 400, "wrong_type"),
        ("7", "application/json", 400, "wrong_type"), ("<a/>", "text/xml", 415, "unsupported_media_type"),
        (#"{"type":"update","type":"update"}"#, "application/json", 400, "duplicate_member"),
        (#"{"type":"escalation","incident":{"id":"I","severity":"purple"}}"#, "text/plain", 400, "unknown_severity"),
        (#"{"type":"escalation","time":"yesterday","incident":{"id":"I"}}"#, "application/json", 400, "bad_time"),
        ("{}", "application/json; charset=latin1", 415, "unsupported_media_type"),
    ])
    func whatIsBadIsToldAsInRejected(body: String, type: String, status: Int, code: String) async throws {
        let house = try IntakeHouse()
        let answer = try await house.post(body, token: try house.token(), type: type)
        #expect(answer.status == status, "\(answer.json.text)")
        #expect(answer.codes == [code])
        #expect(try house.queued().isEmpty)
    }

    @Test func bodiesAndEventsHaveLimits() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        let text = String(repeating: "x", count: 1 << 20)
        let body = "{\"type\": \"update\", \"incident\": {\"id\": \"I\"}, \"message\": \"\(text)\"}"
        #expect(try await house.post(body, token: token).status == 413)
        #expect(try await house.post(body, token: token, type: "application/x-ndjson").codes == ["too_large"])
        let deep = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
        #expect(try await house.post("{\"type\": \"update\", \"x\": \(deep)}", token: token).codes == ["too_deep"])
        let zipped = try await house.post("x", token: token, headers: ["Content-Encoding": "gzip"])
        #expect(zipped.status == 415)
    }

    @Test func anAcknowledgementOfAnUnknownIncidentIsToldAtOnce() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        func ack(_ id: String) -> String {
            "{\"type\": \"acknowledgement\", \"incident\": {\"id\": \"\(id)\"}, \"change\": {\"by\": \"ana\"}}"
        }
        #expect(try await house.post(ack("INC1"), token: token).codes == ["unknown_incident"])
        // One that is opened before it in the same request, or waits in the queue, may be meant.
        #expect(try await house.post("[\(Self.escalation), \(ack("INC1"))]", token: token).status == 202)
        #expect(try await house.post(ack("INC2"), token: token).status == 202)
        try await house.take()
        #expect(try await house.post(ack("INC1"), token: token).status == 202)
        try await house.take()
        let near = try await house.post(ack("INC11"), token: token)
        #expect(near.errors.first?["message"]?.string?.contains("INC1") == true)
    }

    @Test func aFullQueueRefuses() async throws {
        let house = try IntakeHouse(http: "{max_queue: 3}")
        let token = try house.token()
        #expect(try await house.post("[\(Self.escalation), \(Self.escalation), \(Self.escalation)]", token: token).status == 202)
        let full = try await house.post(Self.escalation, token: token)
        #expect(full.status == 429 && full.codes == ["queue_full"])
        #expect(full.headers[.retryAfter].flatMap(Int.init) ?? 0 > 0)
        #expect(try house.queued().count == 3)
    }

    @Test func aQueueThatCannotBeWrittenAcceptsNothing() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        try FileManager.default.removeItem(atPath: house.path + "/queue")
        let answer = try await house.post(Self.escalation, token: token)
        #expect(answer.status == 503 && answer.codes == ["unavailable"])
        #expect(answer.headers[.retryAfter] != nil)
        #expect(!answer.json.text.contains(house.path))
        #expect(house.log.all.contains { $0.contains("cannot be written") })
    }

    @Test func aTraceGoesOnWithTheEvent() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        _ = try await house.post(Self.escalation, token: token, headers: ["traceparent": parent, "tracestate": "a=b"])
        _ = try await house.post(Self.escalation, token: token, headers: ["traceparent": "00-zz-1-01"])
        #expect(try house.queued().map { $0["traceparent"]?.string } == [parent, nil])
    }

    @Test func aRequestHasABoundedNumberOfEvents() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        let type = "application/x-ndjson"
        let many = String(repeating: "{}\n", count: EventDoor.maximumEvents + 1)
        let lines = try await house.post(many, token: token, type: type)
        #expect(lines.status == 413 && lines.codes == ["too_large"])
        let good = String(repeating: Self.escalation.replacing("\n", with: " ") + "\n", count: EventDoor.maximumEvents + 1)
        #expect(try await house.post(good, token: token, type: type).status == 413)
        let array = "[" + String(repeating: "0,", count: EventDoor.maximumEvents) + "0]"
        #expect(try await house.post(array, token: token).status == 413)
        let feeds = try await house.post(String(repeating: "\n", count: 1 << 20), token: token, type: type)
        #expect(feeds.status == 400 && feeds.codes == ["not_json"])
        #expect(try await house.post("\n\n" + Self.escalation.replacing("\n", with: " "), token: token, type: type).ids.count == 1)
        #expect(try house.queued().count == 1)
    }

    @Test func onlyTheFirstUnknownIncidentIsToldItsNearest() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        #expect(try await house.post(#"{"type": "escalation", "incident": {"id": "INC1"}}"#, token: token).status == 202)
        try await house.take()
        let acks = ["INC11", "INC12"].map { #"{"type": "acknowledgement", "incident": {"id": "\#($0)"}, "change": {"by": "ana"}}"# }
        let answer = try await house.post("[\(acks.joined(separator: ","))]", token: token)
        #expect(answer.codes == ["unknown_incident", "unknown_incident"])
        #expect(answer.errors.map { $0["message"]?.string?.contains("the nearest") } == [true, false])
    }
}
