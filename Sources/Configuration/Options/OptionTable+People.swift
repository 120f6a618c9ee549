// The options of people, teams and the communication lead.

extension OptionTable {
    static let people = Chapter(
        title: "people",
        intro: """
            Who can be told. `via` names channels, the preferred one first: a person is reached by the first for which they have an address.
            Without `via`, every channel that sends to addresses counts, in the order of the file.
            """,
        example: """
            people:
              duty-engineer: {name: Duty Engineer, email: duty@example.com, sms: "+447700900123", via: [sms, mail]}
            """,
        options: [
            Option("people.*.name", .text, "What messages call them; the key where it is left out."),
            Option("people.*.email", .emailAddress, "Their address for channels of type `email`."),
            Option("people.*.sms", .phoneNumber, "Their number for channels of type `sms`."),
            Option("people.*.slack", .slackMember, "Their member id for channels of type `slack` with a token."),
            Option("people.*.via", .list(.name(of: .channel)), "The channels that reach them, preferred first."),
            Option("people.*.timezone", .zone, "The router's where it is left out."),
            Option("people.*.language", .language, "The language of their messages, where templates have it."),
            Option(
                "people.*.quiet_hours", .quietHours,
                "When messages are held for them, in their time zone, and then come as one digest; but for urgent ones, and what "
                    + "`router.wake_for` names."),
        ])

    static let groups = Chapter(
        title: "teams and communication_lead",
        intro: """
            A team is a list of entries as in `to`: people, channels, other teams, `CHANNEL:ADDRESS`. The communication lead is, by severity,
            the first of the people listed who can be reached.
            """,
        example: """
            teams:
              payments: [duty-engineer, service-owner, ops-slack]
            communication_lead: {critical: [duty-engineer, service-owner], high: service-owner}
            """,
        options: [
            Option("teams.*", .list(.recipient), "Who is in the team."),
            Option("communication_lead.*", .list(.name(of: .person)), "Who speaks for an incident of this severity, the first preferred."),
        ])
}
