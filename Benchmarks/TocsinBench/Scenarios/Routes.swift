// The configurations that are measured. Every channel has `rate: unlimited`: the providers' own limits are not what is measured.

enum Routes {
    static func oneRoom(_ receiver: WebhookReceiver, concurrency: Int? = nil) -> String {
        """
        version: 1
        channels:
          room: {type: slack, webhook: "\(receiver.url("room"))", rate: unlimited\(option(concurrency))}
        routes:
          - {name: all, match: {service: payments}, to: [room]}

        """
    }

    /// Ten webhooks, all told of every event.
    static func tenRooms(_ receiver: WebhookReceiver) -> String {
        let channels = (0..<10).map { "  room\($0): {type: slack, webhook: \"\(receiver.url("room\($0)"))\", rate: unlimited}\n" }
        return """
            version: 1
            channels:
            \(channels.joined())
            routes:
              - {name: all, match: {service: payments}, to: [\((0..<10).map { "room\($0)" }.joined(separator: ", "))]}

            """
    }

    /// The channel `sms`: a gateway that takes each message at once.
    static func gateway(_ receiver: WebhookReceiver) -> String {
        let request = "{method: POST, url: \"\(receiver.url("sms"))\", json: {to: \"{{address}}\", text: \"{{text}}\"}}"
        return "sms: {type: sms, gateway: http, rate: unlimited, request: \(request), success: {status: [200]}}"
    }

    static func mail(_ receiver: MailReceiver) -> String {
        """
        version: 1
        channels:
          mail: {type: email, server: "\(receiver.server)", tls: off, from: "Incidents <incidents@example.com>", rate: unlimited}
        routes:
          - {name: all, match: {service: payments}, to: ["mail:ops@example.com"]}

        """
    }

    /// So many routes, each for a service of its own; `service-N` matches one of them.
    static func many(_ count: Int, _ receiver: WebhookReceiver) -> String {
        let routes = (0..<count).map { number in
            "  - {name: route-\(number), match: {service: service-\(number), severity: \">=medium\"}, to: [room]}\n"
        }
        return """
            version: 1
            channels:
              room: {type: slack, webhook: "\(receiver.url("room"))", rate: unlimited}
            routes:
            \(routes.joined())
            """
    }

    /// Ten channels whose receiver asks for patience, told of every low event, and a healthy one. Critical events of the service
    /// `held` go to the first of the ten too.
    static func backlog(_ receiver: WebhookReceiver) -> String {
        let names = (0..<10).map { "held\($0)" }
        return """
            version: 1
            channels:
              room: {type: slack, webhook: "\(receiver.url("room"))", rate: unlimited}
            \(names.map { "  \($0): {type: slack, webhook: \"\(receiver.url($0))\", rate: unlimited}\n" }.joined())
            routes:
              - {name: low, match: {severity: low}, to: [\(names.joined(separator: ", "))]}
              - {name: healthy, match: {service: payments, severity: ">=medium"}, to: [room]}
              - {name: same-lane, match: {service: held, severity: ">=medium"}, to: [held0]}

            """
    }

    /// Promises that are kept for months, and one that is broken after an hour, of which a room is told.
    static func timers(_ receiver: WebhookReceiver) -> String {
        """
        version: 1
        sla:
          critical: {acknowledge: 1h, warn_at: 100%}
          low: {acknowledge: 60d, resolve: 90d, update: 120d}
        channels:
          room: {type: slack, webhook: "\(receiver.url("room"))", rate: unlimited}
        routes:
          - {name: broken, match: {type: sla_breach}, to: [room]}

        """
    }

    private static func option(_ concurrency: Int?) -> String { concurrency.map { ", concurrency: \($0)" } ?? "" }
}
