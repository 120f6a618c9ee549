// Conditions that cannot be understood, and what their errors say.

import Foundation
import Incidents
import Testing

@testable import Routing

@Suite struct ConditionErrorTests {
    @Test(arguments: [
        ("serverity", ["high"], "unknown member `serverity` in `match`; did you mean `severity`?"),
        ("labels", ["x"], "`labels` in `match` needs the label's name"),
        ("labels.", ["x"], "needs the label's name"),
        ("reporter", ["x"], "unknown member `reporter`"),
        ("title", ["x"], "unknown member `title`"),
        ("service", [], "has no value"),
        ("service", [""], "empty value"),
        ("service", ["!"], "empty value"),
        ("service", ["!!x"], "one `!`"),
        ("service", [">=x"], "only `severity` and `age` are compared"),
        ("service", ["~"], "the pattern is empty"),
        ("service", ["~("], "`service`: `(` is no regular expression: missing )"),
        ("service", ["~(?=x)"], "no regular expression"),
        ("severity", ["hihg"], "unknown severity `hihg`; did you mean `high`?"),
        ("severity", [">=p9"], "unknown severity `p9`"),
        ("severity", [">critical"], "is true of no severity"),
        ("severity", ["sev*"], "is true of no severity"),
        ("severity", ["low", "!urgent"], "unknown severity `urgent`"),
        ("status", ["reslved"], "unknown status `reslved`; did you mean `resolved`?"),
        ("status", ["zz*"], "fits no status"),
        ("type", ["escalate"], "unknown type `escalate`"),
        ("type", ["status_chnage"], "did you mean `status_change`?"),
        ("sla", ["broken"], "unknown sla `broken`"),
        ("sla.resolve", ["breach"], "did you mean `breached`?"),
        ("reopened", ["maybe"], "unknown reopened `maybe`"),
        ("age", ["30m"], "`age` is compared: write it like `>=30m`"),
        ("age", [">=30"], "`30` is no length of time"),
        ("age", [">=soon"], "no length of time"),
        ("age", ["~3"], "`age` is compared"),
    ]) func refused(member: String, values: [String], says: String) {
        let error = #expect(throws: MatchError.self) { try Condition(member: member, values: values, scale: .standard) }
        #expect(error?.message.contains(says) ?? false, "\(error?.message ?? "no error")")
    }

    @Test func reservedTypesMayBeNamed() throws {
        for type in EventType.allCases { _ = try Condition(member: "type", values: [type.rawValue], scale: .standard) }
    }

    @Test func patternsAreBounded() {
        #expect(throws: MatchError.self) { try Pattern(String(repeating: "a", count: 1_001)) }
        #expect(throws: Never.self) { try Pattern(String(repeating: "a", count: 1_000)) }
        // Small to write, and too large to compile.
        #expect(throws: MatchError.self) { try Pattern("((((x{100}){100}){100}){100})") }
    }

    @Test(
        arguments: [
            ("90s", 90), ("30m", 1_800), ("1h30m", 5_400), ("3d", 259_200), ("1w", 604_800), ("", nil), ("m", nil), ("5", nil),
            ("1h30", nil), ("-5m", nil), ("1.5h", nil), ("5 m", nil), ("99999999999h", nil), ("٣m", nil),
        ] as [(String, Double?)]) func lengths(text: String, seconds: Double?)
    {
        #expect(AgeText.parse(text) == seconds)
    }

    @Test func lengthsInWords() {
        #expect(AgeText.text(0) == "0s")
        #expect(AgeText.text(5_400) == "1h30m")
        #expect(AgeText.text(90_061) == "1d1h")
        #expect(AgeText.text(-60) == "-1m")
    }
}
