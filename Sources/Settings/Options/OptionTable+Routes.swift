// The options of routes, and of what comes with later capabilities.

extension OptionTable {
    static let routes = Chapter(
        title: "routes",
        intro: """
            The rules. Every route that matches counts, and each address gets one message for each event, however many routes ask for it.
            """,
        example: """
            routes:
              - name: page-on-escalation
                match: {type: escalation, severity: ">=high"}
                to: [ops-slack, payments via sms, "mail:cto@example.com"]
                urgent: true
            """,
        options: [
            Option("routes[].name", .text, default: "route-N", "What `explain` and `deliveries` call it; no two may be the same."),
            Option("routes[].match", .match, "Which events: all conditions must hold. Every event, where it is left out."),
            Option("routes[].to", .list(.recipient), required: true, "Who is told; see below."),
            Option("routes[].urgent", .flag, default: "false", "Not held by quiet hours, and sent before what is not urgent."),
            Option("routes[].stop", .flag, default: "false", "Where it matched and reached somebody, later routes do not count."),
            Option("routes[].template", .templateName, "The template; where it is left out, the event's type names it."),
            Option("routes[].during", .name(of: .calendar), "Only while this calendar is open."),
            Option("routes[].outside", .name(of: .calendar), "Only while this calendar is closed."),
            Option("routes[].expire", .duration(minute...365 * day), "Not worth sending later than this after the event."),
            Option(
                "routes[].retry_for", .duration(minute...30 * day),
                "For how long a delivery that fails is tried again, instead of the channel's `retry_for`; of several routes the longest."),
            Option("routes[].group", .section, "Several events in one message."),
            Option(
                "routes[].group.by", .list(.text),
                "Members of `match` whose values the events of one message have in common; without it, all events of the route."),
            Option("routes[].group.wait", .duration(1...day), default: "30s", "How long the first event waits for others."),
            Option("routes[].group.interval", .duration(1...7 * day), default: "5m", "The least time between two messages of a group."),
            Option(
                "routes[].throttle", .throttle,
                "For each address; what is over is held for a digest. Urgent messages and the most urgent severity are not throttled."),
            Option("routes[].repeat", .section, "Tells it again, while the incident is open and nobody has acknowledged it."),
            Option("routes[].repeat.every", .duration(1...30 * day), required: true, "The time between two messages."),
        ])
}
