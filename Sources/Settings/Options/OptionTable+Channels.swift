// The options of channels: those of every channel, and those of each kind.

import Incidents

extension OptionTable {
    /// The types that producers may send: `router.trust` speaks of them.
    static let producible = EventType.allCases.filter { !$0.isReserved }.map(\.rawValue)

    private static let sms: Set<ChannelVariant> = [.twilio, .gateway]

    static let channels = Chapter(
        title: "channels",
        intro: """
            The ways out. Every channel has a name, which `to`, `via` and `fallback` use, and a `type`; these options are the same for all,
            and the ones after them belong to one kind of channel.
            """,
        example: """
            channels:
              ops-slack: {type: slack, webhook: "${env:SLACK_WEBHOOK}", fallback: "mail:ops@example.com"}
            """,
        options: [
            Option("channels.*.type", .choice(ChannelKind.allCases.map(\.rawValue)), required: true, "What the channel speaks."),
            Option("channels.*.timeout", .duration(1...5 * minute), default: "10s", "The time for one attempt."),
            Option("channels.*.concurrency", .integer(1...64), default: "4", "Connections to one destination at a time."),
            Option(
                "channels.*.retry_for", .duration(minute...30 * day), default: "24h",
                "For how long after the first attempt a delivery that fails is tried again; then it is dead."),
            Option(
                "channels.*.on_unknown", .choice(UnknownPolicy.allCases.map(\.rawValue)), default: "resend",
                "What becomes of a message that was sent without an answer: sent again (it may arrive twice), or held."),
            Option(
                "channels.*.unknown_resends", .integer(0...20), default: "sms 1, others 3",
                "How often a message without an answer is sent again, before it stays `unknown`."),
            Option("channels.*.ca", .path, "A PEM file with the certificate authorities to trust instead of the system's."),
            Option("channels.*.proxy", .url(["http", "https", "socks5", "socks5h"]), "A proxy's URL; none is taken from the environment."),
            Option(
                "channels.*.fallback", .recipient,
                "Where a message goes that this channel cannot deliver, an entry as in `to`; of a team, one after another. A person's next "
                    + "channel in `via` comes first. Cycles are an error."),
            Option(
                "channels.*.fallback_after", .perSeverity(.duration(1...day)), default: "2m",
                "How long after the first failed attempt the next way is used (at once where the message is refused, or the destination is "
                    + "known to be down); one duration, or one for each severity, and the default for those that are not named."),
            Option(
                "channels.*.rate", .list(.rate), default: "slack 1/s, teams [4/s, 60/30s], others unlimited",
                "How much may leave for one destination; of several limits, each holds. After a pause as many may leave at once as the "
                    + "limit counts; with the default of slack, 5: Slack tolerates short bursts."),
        ])

    static let slack = Chapter(
        title: "channels of type slack",
        intro: """
            Either an incoming webhook, or a bot's token and a channel. Only a bot reaches members by their id, answers in threads and
            changes what it sent. The bot needs the scopes `chat:write` and `chat:write.public`.
            """,
        example: """
            channels:
              ops-slack: {type: slack, webhook: "${env:SLACK_WEBHOOK}"}
              war-room:  {type: slack, token: "${file:/run/secrets/slack}", channel: C0123456}
            """,
        options: [
            Option("channels.*.webhook", .url(["https", "http"]), secret: true, on: [.slack], "The incoming webhook's URL."),
            Option("channels.*.token", .text, secret: true, on: [.slack], "The bot's token (`xoxb-…`)."),
            Option("channels.*.channel", .slackChannel, on: [.slack], "The id of the channel or member that messages go to."),
            Option(
                "channels.*.updates", .choice(SlackUpdates.allCases.map(\.rawValue)), default: "thread", on: [.slack],
                "How later messages about an incident appear: in a thread, in place of the first one, or by themselves."),
            Option("channels.*.base_url", .url(["https", "http"]), default: "https://slack.com/api", on: [.slack], "Slack's Web API."),
        ])

    static let teams = Chapter(
        title: "channels of type teams",
        intro: "The URL of a Microsoft Teams workflow (“When a Teams webhook request is received”).",
        example: """
            channels:
              ops-teams: {type: teams, webhook: "${env:TEAMS_WEBHOOK}"}
            """,
        options: [
            Option("channels.*.webhook", .url(["https", "http"]), required: true, secret: true, on: [.teams], "The workflow's URL.")
        ])

    static let email = Chapter(
        title: "channels of type email",
        intro: """
            A mail server that takes mail from you. TLS is verified, always: with STARTTLS on `smtp://`, from the first byte on `smtps://`.
            """,
        example: """
            channels:
              mail:
                type: email
                server: smtp://mail.example.com:587
                username: tocsin
                password: "${env:SMTP_PASSWORD}"
                from: "Incidents <incidents@example.com>"
                dkim: {domain: example.com, selector: tocsin, key: "${file:/etc/tocsin/dkim.pem}"}
            """,
        options: [
            Option(
                "channels.*.server", .mailServer, required: true, on: [.email],
                "The mail server; without a port, 25 for `smtp://` and 465 for `smtps://`."),
            Option(
                "channels.*.tls", .choice(["required", "off"]), default: "required", on: [.email],
                "`off` is for loopback and tests only, and an error for any other host."),
            Option("channels.*.username", .text, on: [.email], "Who signs in; needs `password`."),
            Option("channels.*.password", .text, secret: true, on: [.email], "The password, or the token of `xoauth2`."),
            Option(
                "channels.*.auth", .choice(["plain", "login", "xoauth2"]), on: [.email],
                "How to sign in; the best that the server offers where it is left out."),
            Option("channels.*.from", .mailbox, required: true, on: [.email], "The sender."),
            Option("channels.*.reply_to", .mailbox, on: [.email], "Where answers go."),
            Option("channels.*.dkim", .section, on: [.email], "Signs each mail (RFC 6376)."),
            Option("channels.*.dkim.domain", .domain, required: true, "The signing domain (`d=`)."),
            Option("channels.*.dkim.selector", .domain, required: true, "The selector (`s=`)."),
            Option(
                "channels.*.dkim.key", .text, required: true, secret: true,
                "The private key in PEM: RSA of at least 2048 bits, or Ed25519."),
        ])

    static let twilio = Chapter(
        title: "channels of type sms, gateway twilio",
        intro: "Twilio, or any service that speaks its Messages API.",
        example: """
            channels:
              sms: {type: sms, gateway: twilio, account: "${env:TWILIO_ACCOUNT}", token: "${env:TWILIO_TOKEN}", from: "+15557654321"}
            """,
        options: [
            Option("channels.*.gateway", .choice(["twilio", "http"]), required: true, on: sms, "Who carries the messages."),
            Option("channels.*.account", .text, required: true, on: [.twilio], "The account's SID (`AC…`)."),
            Option("channels.*.token", .text, required: true, secret: true, on: [.twilio], "The account's token."),
            Option("channels.*.from", .smsSender, on: [.twilio], "The sender; or else `messaging_service`."),
            Option("channels.*.messaging_service", .text, on: [.twilio], "The SID of a messaging service (`MG…`)."),
            Option("channels.*.base_url", .url(["https", "http"]), default: "https://api.twilio.com", on: [.twilio], "The API."),
            Option(
                "channels.*.max_segments", .integer(1...10), default: "3", on: sms,
                "The longest message, in segments; longer ones are shortened."),
            Option(
                "channels.*.answers", .flag, default: "false", on: sms,
                "Answers to its messages reach Tocsin (docs/answers.md): then its messages say how to acknowledge by an answer."),
        ])

    static let gateway = Chapter(
        title: "channels of type sms, gateway http",
        intro: """
            Any SMS gateway with an HTTP interface. Values in `request` are templates with `{{address}}`, `{{text}}`, `{{coding}}` (0 for
            GSM-7, 2 for UCS-2), `{{id}}` (the delivery's) and `{{receipt}}` (the URL where the gateway reports what became of the message;
            needs `http`, see docs/answers.md), filled in with the encoding of the place where they stand. `max_segments` and `answers` are
            as above.
            """,
        example: """
            channels:
              sms-gateway:
                type: sms
                gateway: http
                request:
                  method: GET
                  url: "http://127.0.0.1:13013/cgi-bin/sendsms"
                  query: {username: tester, password: "${env:KANNEL_PASSWORD}", to: "{{address}}", text: "{{text}}"}
                success: {status: [200, 202], body: "^0:"}
            """,
        options: [
            Option("channels.*.request", .section, required: true, on: [.gateway], "The request to make."),
            Option("channels.*.request.method", .method, default: "GET; POST with a body", "The method."),
            Option("channels.*.request.url", .url(["https", "http"]), required: true, "The URL, without the query."),
            Option("channels.*.request.query", .fields, "The query's fields."),
            Option("channels.*.request.headers", .fields, "Headers beside the usual ones."),
            Option("channels.*.request.form", .fields, "A body as an HTML form sends it."),
            Option("channels.*.request.json", .json, "A JSON body."),
            Option("channels.*.request.body", .text, "Any other body; name its `Content-Type` in `headers`."),
            Option("channels.*.success", .section, on: [.gateway], "What counts as accepted."),
            Option("channels.*.success.status", .list(.integer(100...599)), default: "200, 201, 202, 204", "The statuses of success."),
            Option("channels.*.success.body", .pattern(groups: nil), "A pattern that the body must match as well."),
            Option(
                "channels.*.id", .pattern(groups: 1), on: [.gateway],
                "A pattern on the body, whose group is the gateway's id of the message."),
            Option(
                "channels.*.retry", .list(.integer(100...599)), default: "408, 429, 502, 503", on: [.gateway],
                "Statuses that are worth another try."),
        ])
}
