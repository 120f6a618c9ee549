// The control surface over HTTP, for drills from a shell: faults in, inbox out. Only for callers on this machine: a page
// in a browser that was led here under another name (DNS rebinding) is turned away by its Host header.

import Foundation
import JSON

struct Control {
    var reception: Reception

    static let help = """
        Tocsin's sandbox. Receivers:
          POST /slack/webhook/NAME
          POST /slack/api/METHOD
          POST /teams/NAME
          POST /twilio/2010-04-01/Accounts/AC…/Messages.json
          GET or POST /gateway/cgi-bin/sendsms
        Control:
          GET /_inbox         one JSON object a line
          GET /_threads       Slack's conversations as they stand
          DELETE /_inbox      forgets all messages
          POST /_faults       {"receiver":"slack","fault":"status","status":503,"times":2}
          DELETE /_faults     clears all faults

        """

    func answer(_ request: Request) -> Answer {
        switch request.target {
        case .help: return .text(200, Self.help)
        case .control(let name):
            guard isLocal(request) else { return .text(403, "only for http://127.0.0.1 and http://localhost\n") }
            switch (name, request.method) {
            case ("inbox", .GET):
                let lines = reception.inbox.everything().map { $0.json.text + "\n" }.joined()
                return .text(200, lines, type: "application/x-ndjson")
            case ("inbox", .DELETE):
                reception.inbox.clear()
                return Answer(status: 204)
            case ("threads", .GET):
                return .text(200, reception.inbox.slackThreads().map { $0.card(width: 100) }.joined(separator: "\n"))
            case ("faults", .POST): return setFaults(request.body)
            case ("faults", .DELETE):
                reception.faults.clear()
                return Answer(status: 204)
            default: return .text(405, "\(request.method.rawValue) is not for /_\(name)\n")
            }
        default: return .text(404, "There is no receiver at this path.\n\n" + Self.help)
        }
    }

    private func setFaults(_ body: [UInt8]) -> Answer {
        do {
            let json = try JSONValue.parse(bytes: body)
            let wishes = try (json.array ?? [json]).map { try FaultWish($0) }
            for wish in wishes { reception.set(wish.fault, on: wish.receiver, channel: wish.channel, times: wish.times) }
            return Answer(status: 204)
        } catch let error as FaultWish.Mistake {
            return .text(400, error.message + "\n")
        } catch {
            return .text(400, "not JSON: \(error)\n")
        }
    }

    private func isLocal(_ request: Request) -> Bool {
        let host = request.headers.first(name: "host") ?? ""
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        return ["127.0.0.1", "localhost", "[::1]"].contains(name.lowercased())
    }
}
