// A message as JSON: what the commands print with `--json`.

import JSON

extension Message {
    /// `kind`, then `payload` (Slack, Teams), `subject`, `text` and `html` (email) or `text` and `segments` (SMS); `degraded`
    /// where a plain rendering stands in.
    public var json: JSONValue {
        var members: [String: JSONValue]
        switch content {
        case .slack(let payload): members = ["kind": "slack", "payload": payload]
        case .teams(let payload): members = ["kind": "teams", "payload": payload]
        case .email(let subject, let text, let html):
            members = ["kind": "email", "subject": .string(subject), "text": .string(text), "html": .string(html)]
        case .sms(let text):
            members = ["kind": "sms", "text": .string(text), "segments": .integer(SMSText.segments(text).count)]
        }
        if let degraded { members["degraded"] = .string(degraded) }
        return .object(members)
    }
}
