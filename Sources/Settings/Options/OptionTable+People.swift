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
            Option(
                "people.*.limits", .section,
                "The most messages that they want, by kind of channel; what is over, and not urgent, waits and comes as one digest."),
            Option("people.*.limits.email", .throttle, "Of mails."),
            Option("people.*.limits.sms", .throttle, "Of text messages."),
            Option("people.*.limits.slack", .throttle, "Of messages to their Slack member id."),
        ])

    static let groups = Chapter(
        title: "teams and communication_lead",
        intro: """
            A team is a list of entries as in `to`: people, rotations, channels, other teams, `CHANNEL:ADDRESS`. The communication
            lead is chosen when an incident reaches a severity: the first of those listed, people or rotations, who is there and not in their
            quiet hours; if all are, the first. Who was chosen stays, until the severity changes or they hand over.
            """,
        example: """
            teams:
              payments: [duty-engineer, service-owner, ops-slack]
            communication_lead: {critical: [duty-engineer, service-owner], high: service-owner}
            """,
        options: [
            Option("teams.*", .list(.recipient), "Who is in the team."),
            Option("communication_lead.*", .list(.somebody), "Who speaks for an incident of this severity, the first preferred."),
        ])
}
