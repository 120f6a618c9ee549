// Every way to be rejected that lies in the document, with its code and place.

import Testing

@testable import Incidents

struct RejectionCase: Sendable, CustomTestStringConvertible {
    var text: String
    var code: RejectionCode
    var pointer: String
    var says: String

    init(_ text: String, _ code: RejectionCode, _ pointer: String, _ says: String = "") {
        self.text = text
        self.code = code
        self.pointer = pointer
        self.says = says
    }

    var testDescription: String { "\(code.rawValue) \(pointer) \(text.prefix(60))" }
}

@Suite struct EventRejectionTests {
    static let rows: [RejectionCase] = [
        RejectionCase("[]", .wrongType, "", "an event must be an object, and is an array"),
        RejectionCase("1", .wrongType, ""),
        RejectionCase("{}", .missingMember, "/type", "every event needs `type`"),
        RejectionCase(#"{"type":null}"#, .missingMember, "/type"),
        RejectionCase(#"{"type":5}"#, .wrongType, "/type", "write \"5\""),
        RejectionCase(#"{"type":"escallation"}"#, .unknownType, "/type", "did you mean `escalation`?"),
        RejectionCase(#"{"type":"sla_breach","incident":{"id":"I"}}"#, .reservedType, "/type"),
        RejectionCase(#"{"type":"update","id":"","incident":{"id":"I"},"message":"m"}"#, .wrongType, "/id"),
        RejectionCase(#"{"type":"update","id":7,"incident":{"id":"I"},"message":"m"}"#, .wrongType, "/id"),
        RejectionCase(#"{"type":"update","id":"a\nb","incident":{"id":"I"},"message":"m"}"#, .wrongType, "/id"),
        RejectionCase(#"{"type":"update","id":"\#(String(repeating: "x", count: 201))"}"#, .wrongType, "/id", "200"),
        // One character to a reader, and a megabyte to a table.
        RejectionCase(#"{"type":"update","id":"e\#(String(repeating: "\u{301}", count: 300))"}"#, .wrongType, "/id"),
        RejectionCase(#"{"type":"update","source":["x"]}"#, .wrongType, "/source"),
        RejectionCase(#"{"type":"update","time":"yesterday"}"#, .badTime, "/time", "write it like"),
        RejectionCase(#"{"type":"update","time":1795492800}"#, .wrongType, "/time"),
        RejectionCase(#"{"type":"escalation"}"#, .missingMember, "/incident", "an `escalation` event needs `incident`"),
        RejectionCase(#"{"type":"update"}"#, .missingMember, "/incident", "an `update` event needs `incident`"),
        RejectionCase(#"{"type":"approval"}"#, .missingMember, "/approval", "an `approval` event needs the member `approval`"),
        RejectionCase(#"{"type":"silence"}"#, .missingMember, "/silence", "a `silence` event needs the member `silence`"),
        RejectionCase(#"{"type":"status_change"}"#, .missingMember, "/incident", "a `status_change` event needs `incident`"),
        RejectionCase(#"{"type":"escalation","incident":null}"#, .missingMember, "/incident"),
        RejectionCase(#"{"type":"escalation","incident":"INC1"}"#, .wrongType, "/incident"),
        RejectionCase(#"{"type":"escalation","incident":{}}"#, .missingMember, "/incident/id"),
        RejectionCase(#"{"type":"escalation","incident":{"id":""}}"#, .missingMember, "/incident/id"),
        RejectionCase(#"{"type":"escalation","incident":{"id":12}}"#, .wrongType, "/incident/id", "write \"12\""),
        RejectionCase(#"{"type":"escalation","incident":{"id":"I","severity":"crit"}}"#, .unknownSeverity, "/incident/severity", "known:"),
        RejectionCase(#"{"type":"escalation","incident":{"id":"I","severity":1}}"#, .wrongType, "/incident/severity"),
        RejectionCase(#"{"type":"escalation","incident":{"id":"I","status":"opne"}}"#, .unknownStatus, "/incident/status", "`open`"),
        RejectionCase(#"{"type":"escalation","incident":{"id":"I","title":{}}}"#, .wrongType, "/incident/title"),
        RejectionCase(#"{"type":"escalation","incident":{"id":"I","eta":"soon"}}"#, .badTime, "/incident/eta"),
        RejectionCase(#"{"type":"escalation","incident":{"id":"I","opened_at":"2026-02-30T00:00:00Z"}}"#, .badTime, "/incident/opened_at"),
        RejectionCase(#"{"type":"escalation","incident":{"id":"I","labels":[]}}"#, .wrongType, "/incident/labels"),
        RejectionCase(#"{"type":"escalation","incident":{"id":"I","labels":{"a/b":{}}}}"#, .wrongType, "/incident/labels/a~1b"),
        RejectionCase(#"{"type":"escalation","incident":{"id":"I"},"change":"x"}"#, .wrongType, "/change"),
        RejectionCase(#"{"type":"escalation","incident":{"id":"I"},"change":{"to":[]}}"#, .wrongType, "/change/to"),
        RejectionCase(#"{"type":"status_change","incident":{"id":"I"}}"#, .missingMember, "/incident/status"),
        RejectionCase(#"{"type":"status_change","incident":{"id":"I","status":null}}"#, .missingMember, "/incident/status"),
        RejectionCase(#"{"type":"status_change","incident":{"id":"I"},"change":{"to":"done"}}"#, .unknownStatus, "/change/to"),
        RejectionCase(#"{"type":"severity_change","incident":{"id":"I"},"change":{"from":"p1"}}"#, .missingMember, "/incident/severity"),
        RejectionCase(#"{"type":"severity_change","incident":{"id":"I"},"change":{"to":"p9"}}"#, .unknownSeverity, "/change/to"),
        RejectionCase(#"{"type":"assignment","incident":{"id":"I"},"change":{"by":"x"}}"#, .missingMember, "/incident/assignee"),
        RejectionCase(#"{"type":"acknowledgement","incident":{"id":"I"}}"#, .missingMember, "/change/by"),
        RejectionCase(#"{"type":"update","incident":{"id":"I"}}"#, .missingMember, "/message"),
        RejectionCase(#"{"type":"update","incident":{"id":"I"},"message":""}"#, .missingMember, "/message"),
        RejectionCase(#"{"type":"update","incident":{"id":"I"},"message":7}"#, .wrongType, "/message"),
        RejectionCase(#"{"type":"broadcast"}"#, .missingMember, "/broadcast"),
        RejectionCase(#"{"type":"broadcast","broadcast":{"message":"m"}}"#, .missingMember, "/broadcast/audience"),
        RejectionCase(#"{"type":"broadcast","broadcast":{"message":"m","audience":"all"}}"#, .wrongType, "/broadcast/audience"),
        RejectionCase(#"{"type":"broadcast","broadcast":{"message":"m","audience":[]}}"#, .missingMember, "/broadcast/audience"),
        RejectionCase(#"{"type":"broadcast","broadcast":{"audience":["a"]}}"#, .missingMember, "/broadcast/message"),
        RejectionCase(#"{"type":"approval","approval":{"by":"b","decision":"approve"}}"#, .missingMember, "/approval/broadcast"),
        RejectionCase(#"{"type":"approval","approval":{"broadcast":"1","decision":"approve"}}"#, .missingMember, "/approval/by"),
        RejectionCase(#"{"type":"approval","approval":{"broadcast":"1","by":"b","decision":"ok"}}"#, .wrongType, "/approval/decision"),
        RejectionCase(#"{"type":"subscription","subscription":{"who":"b"}}"#, .missingMember, "/subscription/action"),
        RejectionCase(#"{"type":"subscription","subscription":{"action":"subscribe"}}"#, .missingMember, "/subscription/who"),
        RejectionCase(#"{"type":"subscription","subscription":{"action":"subscribe","who":{}}}"#, .missingMember, "/subscription/who"),
        RejectionCase(
            #"{"type":"subscription","subscription":{"action":"subscribe","who":"b","match":[]}}"#, .wrongType, "/subscription/match"),
        RejectionCase(#"{"type":"silence","silence":{"action":"start","until":"2026-11-24T06:00:00Z"}}"#, .missingMember, "/silence/match"),
        RejectionCase(#"{"type":"silence","silence":{"match":{"service":"a"}}}"#, .missingMember, "/silence/until"),
        RejectionCase(#"{"type":"silence","silence":{"action":"end"}}"#, .missingMember, "/silence/id"),
        RejectionCase(#"{"type":"silence","silence":[]}"#, .wrongType, "/silence"),
        RejectionCase(#"{"type":"absence","absence":{"until":"2026-11-24T06:00:00Z"}}"#, .missingMember, "/absence/who"),
        RejectionCase(#"{"type":"absence","absence":{"who":"b"}}"#, .missingMember, "/absence/until"),
        RejectionCase(
            #"{"type":"absence","absence":{"who":"b","from":"2026-11-24T06:00:00Z","until":"2026-11-24T05:00:00Z"}}"#, .badTime,
            "/absence/until"),
        RejectionCase(#"{"specversion":"0.3","id":"1","source":"s","type":"update","data":{}}"#, .wrongType, "/specversion"),
        RejectionCase(#"{"specversion":"1.0","source":"s","type":"update","data":{}}"#, .missingMember, "/id"),
        RejectionCase(#"{"specversion":"1.0","id":"1","type":"update","data":{}}"#, .missingMember, "/source"),
        RejectionCase(#"{"specversion":"1.0","id":"1","source":"s","type":"update"}"#, .missingMember, "/data"),
        RejectionCase(#"{"specversion":"1.0","id":"1","source":"s","type":"update","data_base64":"e30="}"#, .wrongType, "/data_base64"),
        RejectionCase(#"{"specversion":"1.0","id":"1","source":"s","type":"update","data":"{}"}"#, .wrongType, "/data"),
        RejectionCase(#"{"specversion":"1.0","id":"1","source":"s","data":{"type":"update"}}"#, .missingMember, "/type"),
        RejectionCase(#"{"specversion":"1.0","id":"1","source":"s","type":"com.x.update","data":{}}"#, .unknownType, "/type"),
        RejectionCase(
            #"{"specversion":"1.0","id":"1","source":"s","type":"update","data":{"incident":{"id":"I","severity":"zz"}}}"#,
            .unknownSeverity, "/data/incident/severity"),
        RejectionCase(
            #"{"specversion":"1.0","id":"1","source":"s","type":"update","data":{"incident":{"id":"I"}}}"#, .missingMember,
            "/data/message"),
        RejectionCase(
            #"{"specversion":"1.0","id":"1","source":"s","type":"status_change","data":{"incident":{"id":"I"},"change":{"to":"x"}}}"#,
            .unknownStatus, "/data/change/to"),
    ]

    @Test(arguments: Self.rows) func rejected(_ row: RejectionCase) {
        let found = rejection(row.text)
        #expect(found?.code == row.code)
        #expect(found?.pointer == row.pointer)
        #expect(found?.message.contains(row.says) ?? false || row.says.isEmpty, "\(found?.message ?? "accepted")")
        #expect(found?.endsEarly == false)
    }

    @Test(arguments: [
        (#"{"type": nope}"#, RejectionCode.notJSON, 1, 11), ("{\n\"type\":\"update\",\n\"type\":\"update\"}", .duplicateMember, 3, 1),
        ("{\"a\":" + String(repeating: "[", count: 64), .tooDeep, 1, 69),
    ]) func faultsOfTheTextHaveLineAndColumn(text: String, code: RejectionCode, line: Int, column: Int) {
        let found = rejection(text)
        #expect(found?.code == code)
        #expect(found?.line == line)
        #expect(found?.column == column)
        #expect(found?.pointer != nil)
    }

    private static let long = String(repeating: "a", count: 100_000)
    private static let pile = "a" + String(repeating: "\u{301}", count: 50_000)

    /// Reasons go into logs, tables and files: what a document brings is cut.
    @Test(
        arguments: [
            #"{"type":"update","incident":{"id":"I","labels":{"\#(long)":[]}},"message":"m"}"#,
            #"{"type":"update","incident":{"id":"I","title":\#(long.replacing("a", with: "1"))},"message":"m"}"#,
            #"{"type":"update","incident":{"id":"I","eta":"\#(pile)"},"message":"m"}"#,
            #"{"type":"\#(pile)"}"#, #"{"type":"update","incident":{"id":"I","status":"\#(pile)"},"message":"m"}"#,
            #"{"type":"update","incident":{"id":"I","severity":"\#(pile)"},"message":"m"}"#,
            #"{"type":"update","\#(long)":1,"\#(long)":1}"#, #"{"type":"update","\#(long)":nope}"#,
        ]) func reasonsAreShort(text: String) throws
    {
        let found = try #require(rejection(text))
        #expect(found.description.unicodeScalars.count < 800)
        #expect((found.pointer ?? "").unicodeScalars.count < 300)
    }

    @Test func notUTF8() {
        let bytes = Array(#"{"type":"update","message":"caf"#.utf8) + [0xE9] + Array(#""}     "#.utf8)
        let found = #expect(throws: Rejection.self) { try parser.parse(bytes, origin: origin) }
        #expect(found?.code == .notUTF8)
        #expect(found?.line == 1)
        #expect(found?.column == 32)
    }

    @Test func aTextThatIsNotFinished() {
        #expect(rejection(#"{"type":"update","inci"#)?.endsEarly == true)
        #expect(rejection("")?.endsEarly == true)
    }

    @Test func theDescriptionHasThePlaceAndTheCode() {
        #expect(
            rejection("{}")?.description
                == "/type: every event needs `type`, for instance \"escalation\" or \"update\" (missing_member)")
        #expect(rejection("[1")?.description.hasPrefix("line 1, column 3: ") ?? false)
        #expect(rejection("[]")?.description.hasPrefix("an event must be") ?? false)
    }
}
