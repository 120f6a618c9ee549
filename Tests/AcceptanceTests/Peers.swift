// The receivers that the built program is pointed at, and a configuration that does so.

import Foundation
import Sandbox
import Settings
import Testing

extension Sandbox {
    static func forTests(_ change: (inout SandboxOptions) -> Void = { _ in }) async throws -> Sandbox {
        var options = SandboxOptions()
        change(&options)
        return try await Sandbox.start(options)
    }

    /// Four channels on the receivers, people and teams; `routes` and more are appended.
    ///
    /// - Parameters:
    ///   - rate: of the Slack and Teams channels; their own default would make tests of many events slow.
    ///   - fallback: of `ops-slack`.
    func configuration(
        _ rest: String, router: String = "", rate: String = "unlimited", fallback: (to: String, after: String)? = nil
    ) -> String {
        let fallback = fallback.map { ", fallback: \"\($0.to)\", fallback_after: \($0.after)" } ?? ""
        return """
            version: 1
            router:
              timezone: Europe/London
            \(router)
            channels:
              ops-slack: {type: slack, webhook: "\(endpoints.slackWebhook)/ops-slack", rate: "\(rate)"\(fallback)}
              war-room: {type: slack, token: xoxb-1-test, channel: C0123456, base_url: "\(endpoints.slackAPI)", rate: "\(rate)"}
              ops-teams: {type: teams, webhook: "\(endpoints.teams)/ops-teams", rate: "\(rate)"}
              mail: {type: email, server: "smtp://\(endpoints.smtpHost):\(endpoints.smtpPort)", username: tocsin, password: sesame, from: "Incidents <incidents@example.com>", ca: "\(endpoints.ca ?? "")"}
              sms: {type: sms, gateway: twilio, account: AC0123456789abcdef0123456789abcdef, token: t0ken, from: "+15557654321", base_url: "\(endpoints.twilio)"}
            people:
              duty-engineer: {name: Duty Engineer, email: duty@example.com, sms: "+447700900123", timezone: Asia/Kolkata, via: [sms, mail]}
              service-owner: {name: Service Owner, email: owner@example.com, via: [mail]}
            teams:
              payments: [duty-engineer, service-owner]
            \(rest)
            """
    }
}
