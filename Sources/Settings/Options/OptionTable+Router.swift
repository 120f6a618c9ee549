// The options at the top of the file, of the router, and of the scale and calendars that everything else refers to.

extension OptionTable {
    static let minute = 60.0
    static let hour = 3_600.0
    static let day = 86_400.0

    static let top = Chapter(
        title: "The file",
        intro: """
            `routes.yaml` is a YAML map with these sections. Only `version` is required; the order does not matter, but for
            `severities`, `routes` and `escalation`, which keep theirs.
            """,
        example: "",
        options: [
            Option("version", .integer(1...1), required: true, "The version of this format: always 1."),
            Option("router", .section, "The router itself: directories, time zone, who hears of trouble."),
            Option("severities", .map(.list(.text)), "The scale of severities, most urgent first."),
            Option("calendars", .sections, "Business hours, by name."),
            Option("sla", .sections, "Promised times, by severity."),
            Option("channels", .sections, "The ways out, by name."),
            Option("people", .sections, "Who can be told, by name."),
            Option("teams", .map(.list(.recipient)), "Groups of people and channels, by name."),
            Option("communication_lead", .severityMap(.list(.somebody)), "Who speaks for an incident, by severity."),
            Option("routes", .entries, "The rules: which events, to whom."),
            Option("escalation", .sections, "What happens while nobody acknowledges, by name."),
            Option("status_reports", .sections, "Automatic reports to stakeholders, by severity."),
            Option("dependencies", .map(.list(.text)), "Which services each service needs."),
            Option(
                "flap", .flap,
                "An incident that is resolved or reopened more often than this is told as flapping, once, until it is calm; without it, every "
                    + "turn is told."),
            Option("broadcasts", .section, "Limits on broadcasts."),
            Option("rotations", .sections, "Who is on duty, in turns, by name."),
            Option("http", .section, "The HTTP side."),
            Option("responses", .entries, "Who takes a kind of incident, and what they do first."),
            Option("incident_channel", .section, "A Slack channel of its own for each grave incident."),
            Option("heartbeat", .section, "A regular sign of life."),
            Option("dead_man", .sections, "Monitors that must be heard of, by name."),
        ])

    static let router = Chapter(
        title: "router",
        intro: """
            The router's own settings. Relative paths are relative to the directory of the file. An event at or above the second most
            urgent severity that reaches nobody goes to `unrouted`.
            """,
        example: """
            router:
              queue: queue
              state: state
              timezone: Europe/London
              unrouted: [ops-slack]
              operators: [ops-slack]
            """,
        options: [
            Option("router.queue", .path, default: "queue", "The directory where producers drop events."),
            Option("router.state", .path, default: "state", "The directory of the embedded database."),
            Option("router.templates", .path, default: "templates", "Your own templates; what is not there comes from the shipped ones."),
            Option(
                "router.timezone", .zone, default: "UTC",
                "The time zone of times in messages, and of calendars and people without their own."),
            Option(
                "router.retain", .duration(day...3_650 * day), default: "90d",
                "For how long history, and with it every event's id, is kept."),
            Option(
                "router.settle", .duration(1...day), default: "10m", "How long an event file that ends too early may wait for its writer."),
            Option("router.unrouted", .list(.recipient), "Who hears of an urgent event that reached nobody."),
            Option("router.operators", .list(.recipient), "Who hears of Tocsin's own troubles, rejected events among them."),
            Option(
                "router.assume_severity", .severity,
                "The severity of incidents that come without one; the most urgent where it is left out."),
            Option(
                "router.late_after", .duration(1...30 * day), default: "1h",
                "Events older than this are told as late: one message for each incident that is still open."),
            Option(
                "router.wake_for", .severityOrNone,
                "Quiet hours hold nothing of this severity or a more urgent one; the most urgent where it is left out. With `none` they hold "
                    + "everything that is not `urgent`."),
            Option(
                "router.public_url", .url(["https", "http"]),
                "Where people reach the HTTP side: links to confirm and to leave begin with it. Without it messages carry codes for "
                    + "`tocsin confirm`."),
            Option(
                "router.mailbox", .path,
                "A Maildir to which returned mail, and mail that asks to leave, is delivered: what is in it is read and counted."),
            Option(
                "router.suppress_after", .bounces, default: "3 in 30d",
                "So many returned messages in so much time suppress an address: nothing is sent to it any more."),
            Option("router.allow_networks", .list(.network), later: true, "Private networks that addresses from data may point to."),
            Option(
                "router.trust", .map(.list(.choice(producible))),
                "Which types of event the files of an owner may contain, by user name or numeric user id; whoever is not named may drop "
                    + "nothing. Without it, everybody may drop everything."),
        ])

    static let severities = Chapter(
        title: "severities",
        intro: """
            The scale, most urgent first: a name, and its aliases in a list. Names and aliases compare without regard to case, and none may
            be there twice. Without this section the scale is `critical`, `high`, `medium`, `low`, with `sev1`…`sev4`, `p1`…`p5` and
            `1`…`5` as aliases.
            """,
        example: """
            severities:
              critical: [sev1, p1, "1"]
              high:     [sev2, p2, "2"]
            """,
        options: [Option("severities.*", .list(.text), "Other words for this severity.")])

    static let calendars = Chapter(
        title: "calendars",
        intro: "Named business hours, for `during` and `outside` of routes and for `sla`.",
        example: """
            calendars:
              office: {days: mon-fri, hours: "09:00-17:30", timezone: Europe/London, holidays: [2026-12-25]}
            """,
        options: [
            Option("calendars.*.days", .list(.weekdays), default: "mon-fri", "The days on which it is open."),
            Option("calendars.*.hours", .hours, default: "00:00-24:00", "From when to when; an end before the start is on the next day."),
            Option("calendars.*.timezone", .zone, "Where these hours hold; the router's time zone where it is left out."),
            Option("calendars.*.holidays", .list(.date), "Days on which it stays closed."),
        ])
}
