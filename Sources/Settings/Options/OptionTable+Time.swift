// The options that speak of time: promises, escalation, reports, and what is done against noise.

extension OptionTable {
    static let sla = Chapter(
        title: "sla",
        intro: """
            Promised times, by severity: to acknowledge, to resolve, and between updates. The clocks run from the opening of the incident,
            stand still while it is `on_hold`, and begin again when it is reopened. `sla_warning` and `sla_breach` events come from them, with
            the target in `change.field`, and `sla` in `match` looks at them. With a calendar, only its hours count: `3d` are 72 open hours.
            """,
        example: """
            sla:
              critical: {acknowledge: 5m, resolve: 4h, update: 30m, warn_at: 75%}
              low:      {resolve: 5d, calendar: office}
            """,
        options: [
            Option("sla.*.acknowledge", .duration(1...365 * day), "Until somebody has it."),
            Option("sla.*.resolve", .duration(1...365 * day), "Until it is resolved."),
            Option(
                "sla.*.update", .duration(1...365 * day),
                "The longest time between two words to stakeholders; then the communication lead is reminded."),
            Option("sla.*.warn_at", .percentage, default: "75%", "How much of the time may pass before a warning."),
            Option("sla.*.calendar", .name(of: .calendar), "Only these hours count; around the clock where it is left out."),
        ])

    static let escalation = Chapter(
        title: "escalation",
        intro: """
            Policies, by name: steps in time that run until somebody acknowledges. The first policy that matches an incident counts, in the
            order of the file, and again when the severity changes. `match` looks at the incident alone: `type`, `from`, `to`, `field` and
            `source`, which speak of an event, have no place here. Each step that falls due is an `escalation` event, which routes see as
            well. A step that can reach nobody at once, because all are in their quiet hours, or none has an address, goes on to the next.
            A policy that ends unanswered is told to `router.operators`.
            """,
        example: """
            escalation:
              default:
                match: {severity: ">=low"}
                steps:
                  - after: {critical: 5m, high: 15m, medium: 1h, low: 4h}
                    to: [level-2]
                  - after: {critical: 15m, high: 45m}
                    to: [leadership via sms]
                repeat: {every: 30m, times: 3}
                until: acknowledged
            """,
        options: [
            Option("escalation.*.match", .match, "Which incidents; all, where it is left out."),
            Option("escalation.*.steps", .entries, required: true, "What happens, in order."),
            Option(
                "escalation.*.steps[].after", .perSeverity(.duration(0...365 * day)), required: true,
                "Since the incident opened: one duration, or one for each severity; a severity that is not named skips the step."),
            Option("escalation.*.steps[].to", .list(.recipient), required: true, "Who is told."),
            Option("escalation.*.steps[].urgent", .flag, default: "true", "Not held by quiet hours."),
            Option("escalation.*.repeat", .section, "Runs the last step again."),
            Option("escalation.*.repeat.every", .duration(1...30 * day), required: true, "The time between two runs."),
            Option("escalation.*.repeat.times", .integer(1...100), required: true, "How often."),
            Option("escalation.*.until", .choice(["acknowledged", "resolved"]), default: "acknowledged", "What ends the policy."),
        ])

    static let statusReports = Chapter(
        title: "status_reports",
        intro: """
            Reports to stakeholders that nobody has to write, by severity: status, impact, next steps, and when the next word comes, from
            what is known of the open incident. A report is left out where an update or a broadcast has just gone out.
            """,
        example: "status_reports: {critical: {every: 30m, to: [subscribers]}}",
        options: [
            Option("status_reports.*.every", .duration(1...30 * day), required: true, "The time between two reports."),
            Option("status_reports.*.to", .list(.recipient), required: true, "Who gets them."),
        ])

    static let noise = Chapter(
        title: "dependencies and flap",
        intro: """
            While an incident of a service is open at `high` or `critical` (the two most urgent severities), lesser notices about the services
            that need it wait for the next message about it, and stand in that one. Names of services compare without regard to case.
            `flap: 3 in 30m` stands at the top of the file.
            """,
        example: """
            dependencies: {payments: [database, network]}
            flap: 3 in 30m
            """,
        options: [Option("dependencies.*", .list(.text), "The services that this one needs.")])
}
