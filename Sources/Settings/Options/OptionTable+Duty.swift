// The options of duty and responsibility: who takes turns, who takes what, an incident's own channel, and broadcasts.

extension OptionTable {
    static let rotations = Chapter(
        title: "rotations",
        intro: """
            Who is on duty, in turns. A rotation is a name as in `to`: it means whoever is on duty, or whoever stands in for them
            (`tocsin away`). Either `people` take turns of the length `every`, or an iCalendar file says who is on duty when. Whole days are
            counted by the clock on the wall: a hand-over at 09:00 is at 09:00 in summer and in winter.
            """,
        example: """
            rotations:
              primary: {people: [duty-engineer, second-engineer], every: 1w, handover: "mon 09:00", timezone: Europe/London}
              weekend: {calendar: weekend.ics}
            """,
        options: [
            Option("rotations.*.people", .list(.name(of: .person)), "Who takes turns, in order; needs `every`."),
            Option("rotations.*.every", .duration(hour...365 * day), "The length of a turn."),
            Option(
                "rotations.*.handover", .weekTime, default: "00:00",
                "When a turn ends. A day needs turns of whole weeks: other turns end on any day."),
            Option("rotations.*.timezone", .zone, "Where the hand-over has this time; the router's time zone where it is left out."),
            Option(
                "rotations.*.start", .date,
                "The day on which the first of `people` begins; where it is left out, turns are counted from a fixed day, the same everywhere."
            ),
            Option(
                "rotations.*.calendar", .path,
                "An iCalendar file instead of `people`: its events name people by key, name or email address, in the summary or as attendee."
            ),
            Option(
                "rotations.*.reach_suppressed", .flag, default: "false",
                "Urgent messages reach whoever is on duty also at an address that is suppressed."),
        ])

    static let responses = Chapter(
        title: "responses",
        intro: """
            Who takes an incident that arrives without an owner (neither `team` nor `assignee`). The first that matches counts, in the order of
            the file; what a producer says later wins.
            """,
        example: """
            responses:
              - match: {category: network}
                team: network
                assignee: primary
                roles: {scribe: service-owner}
                checklist: [Check the uplink, Call the provider]
            """,
        options: [
            Option("responses[].match", .match, "Which incidents; all, where it is left out."),
            Option("responses[].team", .name(of: .team), "Who takes it."),
            Option("responses[].assignee", .somebody, "Who is responsible: a person, or whoever is on duty in a rotation."),
            Option("responses[].roles", .map(.somebody), "Further roles, by their names: `communication_lead`, `scribe`, …"),
            Option("responses[].checklist", .list(.text), "What to do first, in messages to the owner."),
        ])

    static let incidentChannel = Chapter(
        title: "incident_channel",
        intro: """
            A Slack channel of its own for each grave incident: made when the severity is reached, told everything about the incident, and
            archived after it is closed. It needs a channel with a `token`, whose bot has the scopes `channels:manage` and `chat:write`.
            """,
        example: """
            incident_channel: {severity: ">=high", name: "inc-{{incident.id}}", invite: [team, assignee, communication_lead]}
            """,
        options: [
            Option("incident_channel.severity", .list(.severityCondition), required: true, "For which incidents."),
            Option(
                "incident_channel.channel", .name(of: .channel),
                "The channel of type `slack` with a token in whose workspace it is made; the only one, where it is left out."),
            Option(
                "incident_channel.name", .text, default: "inc-{{incident.id}}",
                "The channel's name; a template. Slack takes lower-case letters, digits, `-` and `_`; other characters are replaced."),
            Option(
                "incident_channel.invite", .list(.recipient),
                "Who is invited: people (by their `slack`), teams, rotations, roles of the incident."),
        ])

    static let broadcasts = Chapter(
        title: "broadcasts",
        intro: "Safety for messages to many.",
        example: "broadcasts: {approve_over: 50, approvers: [duty-engineer, service-owner], cooldown: 10m}",
        options: [
            Option("broadcasts.approve_over", .integer(0...1_000_000), "A broadcast to more addresses than this waits for an approval."),
            Option("broadcasts.approvers", .list(.somebody), "Who may approve; never the author."),
            Option("broadcasts.cooldown", .duration(0...7 * day), default: "0s", "The least time between two broadcasts to one audience."),
            Option(
                "broadcasts.approve_within", .duration(minute...30 * day), default: "24h",
                "For how long a broadcast waits for its approval; then it expires, and its author hears of that."),
        ])
}
