// Where the HTTP side is, and the monitors that must be heard of, as `tocsin status` shows them.

import Foundation
import Incidents
import Router
import Routing

extension SignsOfLife {
    /// Only what there is.
    func show() {
        if let http, let address {
            Terminal.say(
                Self.head("http") + Terminal.clean("\(http.tls == nil ? "http" : "https")://\(address)")
                    + (isRunning ? "" : "  (not running)"))
        }
        for (number, monitor) in monitors.enumerated() {
            let ago = Amount.time(now.timeIntervalSince(monitor.last))
            let heard = monitor.heard == nil ? "not heard since it is watched, \(ago) ago" : "last heard \(ago) ago"
            let rule = rules[monitor.name].map { ", must be at least every \(Amount.time($0.after))" } ?? ""
            let text = Terminal.clean("\(monitor.name): \(heard)\(rule)")
            Terminal.say(
                Self.head(number == 0 ? "dead men" : "")
                    + Terminal.coloured(text + (monitor.isSilent ? ": SILENT" : ""), monitor.isSilent ? .red : nil))
        }
    }

    private static func head(_ name: String) -> String { name.padding(toLength: 13, withPad: " ", startingAt: 0) }
}
