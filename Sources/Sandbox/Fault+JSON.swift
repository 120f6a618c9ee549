// Faults as JSON, for drills from a shell: what `POST /_faults` takes (documented at `Sandbox`).

import Foundation
import JSON

/// One wish of `POST /_faults`.
struct FaultWish {
    var receiver: Receiver
    var channel: String?
    var times: Int?
    /// nil clears.
    var fault: Fault?

    struct Mistake: Error {
        var message: String
    }

    private static let members: Set<String> = [
        "receiver", "channel", "times", "fault", "status", "body", "retry_after", "seconds", "step", "code", "text", "error",
    ]

    init(_ json: JSONValue) throws(Mistake) {
        guard let object = json.object else { throw Mistake(message: "a fault is a JSON object") }
        if let unknown = object.keys.filter({ !Self.members.contains($0) }).min() {
            throw Mistake(message: "unknown member `\(unknown)`; there are: \(Self.members.sorted().joined(separator: ", "))")
        }
        let names = Receiver.allCases.map(\.rawValue).joined(separator: ", ")
        guard let receiver = json["receiver"]?.string.flatMap(Receiver.init(rawValue:)) else {
            throw Mistake(message: "`receiver` must be one of: \(names)")
        }
        self.receiver = receiver
        channel = json["channel"]?.string
        if let value = json["times"] {
            guard let times = value.integer, times > 0 else { throw Mistake(message: "`times` must be a number of at least 1") }
            self.times = times
        }
        fault = try Self.fault(json)
        if let fault, !fault.fits(receiver) { throw Mistake(message: "the receiver \(receiver.rawValue) has no such fault") }
    }

    private static func fault(_ json: JSONValue) throws(Mistake) -> Fault? {
        let text = json["text"]?.string ?? ""
        // A status says enough.
        switch json["fault"]?.string ?? (json["status"] == nil ? nil : "status") {
        case "none": return nil
        case "status":
            guard let status = json["status"]?.integer, (200...599).contains(status) else {
                throw Mistake(message: "`status` must be a number from 200 to 599")
            }
            return .status(status, body: json["body"]?.string ?? "", retryAfter: try retryAfter(json["retry_after"]))
        case "delay": return .delay(try seconds(json, otherwise: 1))
        case "reset_before_body": return .resetBeforeBody
        case "reset_after_body": return .resetAfterBody
        case "drip": return .drip(try seconds(json, otherwise: 1))
        case "hang": return .hang
        case "garbage": return .garbage
        case "close_idle": return .closeIdle
        case "no_auth": return .noAuthentication
        case "no_starttls": return .noSTARTTLS
        case "legacy_teams": return .legacyTeams(status: json["status"]?.integer ?? 429)
        case "error":
            guard let error = json["error"]?.string, !error.isEmpty, error.utf8.count <= 64 else {
                throw Mistake(message: "`error` must be an error of Slack's, for instance `edit_window_closed`")
            }
            return .slackError(error)
        case "reply":
            guard let step = json["step"]?.string.flatMap(SMTPStep.init(rawValue:)) else {
                throw Mistake(message: "`step` must be one of: \(SMTPStep.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            guard let code = json["code"]?.integer, (200...599).contains(code) else {
                throw Mistake(message: "`code` must be a number from 200 to 599")
            }
            return .reply(step, code: code, text: text)
        default:
            throw Mistake(
                message: "`fault` must be one of: none, status, delay, reset_before_body, reset_after_body, drip, hang, garbage, "
                    + "close_idle, reply, no_auth, no_starttls, legacy_teams, error")
        }
    }

    private static func seconds(_ json: JSONValue, otherwise: TimeInterval) throws(Mistake) -> TimeInterval {
        guard let value = json["seconds"] else { return otherwise }
        guard case .number(let text) = value, let seconds = TimeInterval(text), (0...86_400).contains(seconds) else {
            throw Mistake(message: "`seconds` must be a number from 0 to 86400")
        }
        return seconds
    }

    private static func retryAfter(_ json: JSONValue?) throws(Mistake) -> Fault.RetryAfter? {
        guard let json, !json.isNull else { return nil }
        if let seconds = json.integer { return .seconds(seconds) }
        if let date = json.string.flatMap(HTTPDate.date) { return .date(date) }
        throw Mistake(message: "`retry_after` must be seconds, or a date as in `Tue, 24 Nov 2026 12:00:00 GMT`")
    }
}
