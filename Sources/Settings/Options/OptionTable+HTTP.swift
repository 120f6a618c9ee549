// The options of the HTTP side, and of signs of life.

extension OptionTable {
    static let http = Chapter(
        title: "http",
        intro: """
            The HTTP side: intake from other tools, links and buttons in messages, a page to look at, metrics. There is none without this
            section. It speaks plain HTTP unless `certificate` and `key` are given, so elsewhere than on loopback put a proxy before it
            that ends TLS, and name it in `trusted_proxies`. `router.public_url` is where people reach it. Access is by tokens
            (`tocsin token create`).
            """,
        example: """
            http:
              listen: "127.0.0.1:8080"
              trusted_proxies: [127.0.0.1/32]
              operators: [ana@example.com]
              slack_signing_secret: "${env:SLACK_SIGNING_SECRET}"
              intake:
                pagerduty: {secret: "${env:PAGERDUTY_SECRET}"}
                our-tool: {adapter: adapters/our-tool.yaml}
            """,
        options: [
            Option("http.listen", .listen, default: "127.0.0.1:8080", "Where to listen."),
            Option("http.certificate", .path, "A PEM file with the certificate and its chain: then TLS is spoken; needs `key`."),
            Option("http.key", .path, "A PEM file with the certificate's private key."),
            Option("http.trusted_proxies", .list(.network), "Proxies whose word about the client and its user counts."),
            Option(
                "http.user_header", .text, default: "X-Forwarded-User",
                "The header in which a trusted proxy names the user it signed in, as oauth2-proxy sets it."),
            Option("http.operators", .list(.text), "Which users of a trusted proxy may change things; others only read. `*`: all."),
            Option("http.session", .duration(minute...30 * day), default: "12h", "For how long somebody stays signed in on the page."),
            Option(
                "http.acknowledge_within", .duration(minute...30 * day), default: "24h",
                "For how long the link in a message acknowledges its incident."),
            Option("http.rate", .list(.rate), default: "1000/s", "Requests of one token; what is over is answered with 429."),
            Option(
                "http.max_queue", .integer(1...10_000_000), default: "100000",
                "Events that may wait in the queue before more are refused with 429."),
            Option(
                "http.connections_per_address", .integer(1...65_536),
                "Connections that one address may hold at a time; a quarter of all, where it is left out. This machine and `trusted_proxies` "
                    + "are not bounded: they carry many people."),
            Option(
                "http.callback_url", .url(["https", "http"]),
                "Where SMS gateways of `gateway: http` report back; `router.public_url`, where it is left out. A gateway on this "
                    + "machine reaches http://127.0.0.1:8080 more easily. Twilio is always given `router.public_url`."),
            Option(
                "http.slack_signing_secret", .text, secret: true, "Of the Slack app: with it the buttons in Slack messages acknowledge."),
            Option("http.intake", .sections, "Tools that send to `POST /v1/intake/NAME`; those that are shipped need no entry."),
            Option("http.intake.*.adapter", .text, "A shipped adapter, or the path of a file; NAME, where it is left out."),
            Option("http.intake.*.secret", .text, secret: true, "With it the tool signs what it sends; then it needs no token."),
        ])

    static let life = Chapter(
        title: "heartbeat and dead_man",
        intro: """
            `heartbeat` is a sign of life of Tocsin's own: a message to people, and a call to an outside URL that notices when Tocsin itself
            is gone. `dead_man` opens an incident when nothing was heard of a monitor for a while, and resolves it when it is heard again.
            """,
        example: """
            heartbeat: {every: 5m, url: "${env:HEARTBEAT_URL}"}
            dead_man:
              backup: {match: {source: backup-job}, after: 25h, severity: high}
              watchdog: {match: {labels.alertname: Watchdog}, after: 15m, severity: critical}
            """,
        options: [
            Option("heartbeat.every", .duration(10...7 * day), required: true, "The time between two signs of life."),
            Option("heartbeat.to", .list(.recipient), "Who gets them."),
            Option("heartbeat.url", .url(["https", "http"]), secret: true, "Called with GET as well, each time."),
            Option("dead_man.*.match", .match, required: true, "Which events are its signs of life."),
            Option("dead_man.*.after", .duration(minute...365 * day), required: true, "How long it may be silent."),
            Option("dead_man.*.severity", .severity, "Of the incident; as `router.assume_severity` says, where it is left out."),
            Option("dead_man.*.service", .text, "Of the incident."),
        ])
}
