import Testing

@testable import Routing

@Suite struct RecipientEntryTests {
    @Test(
        arguments: [
            ("ops-slack", .name("ops-slack"), nil, "ops-slack"),
            ("  payments \n", .name("payments"), nil, "payments"),
            ("payments via sms", .name("payments"), "sms", "payments via sms"),
            ("duty engineer  via  sms", .name("duty engineer"), "sms", "duty engineer  via  sms"),
            ("via", .name("via"), nil, "via"),
            ("mail:cto@example.com", .address(channel: "mail", address: "cto@example.com"), nil, "mail:cto@example.com"),
            ("mail: cto@example.com ", .address(channel: "mail", address: "cto@example.com"), nil, "mail: cto@example.com"),
            ("bot:C01:x", .address(channel: "bot", address: "C01:x"), nil, "bot:C01:x"),
            ("sms:+447700900123", .address(channel: "sms", address: "+447700900123"), nil, "sms:+447700900123"),
            ("assignee", .role(.assignee), nil, "assignee"), ("team", .role(.team), nil, "team"),
            ("reporter via mail", .role(.reporter), "mail", "reporter via mail"),
            ("communication_lead", .role(.communicationLead), nil, "communication_lead"),
            ("subscribers", .subscribers, nil, "subscribers"),
        ] as [(String, RecipientEntry.Subject, String?, String)])
    func read(text: String, subject: RecipientEntry.Subject, via: String?, kept: String) throws {
        #expect(try entry(text) == RecipientEntry(subject: subject, via: via, text: kept))
    }

    @Test(arguments: [
        ("", "is empty"), ("   ", "is empty"), ("payments via", "names no channel after `via`"), ("via sms", "names nobody before `via`"),
        ("a via b c", "after `via` stands one channel"), ("a via b via c", "says `via` twice"),
        ("mial:x@example.com", "no channel `mial`; did you mean `mail`?"), ("mail:", "no address after the colon"),
        ("mail:x via sms", "already names its channel"), ("subscribers via mail", "their own `via`"),
        (":x", "before the colon stands a channel"), ("a\u{7}b", "control characters"),
    ]) func refused(text: String, says: String) {
        let error = #expect(throws: MatchError.self) { try entry(text) }
        #expect(error?.message.contains(says) ?? false, "\(error?.message ?? "no error")")
    }
}
