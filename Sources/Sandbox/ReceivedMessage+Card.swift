// A message on a terminal: a box open to the right, so that long URLs stay whole and can be clicked.

import Foundation

extension ReceivedMessage {
    /// The message as it would look, without colour, ending in a line feed. Control characters are made harmless.
    ///
    /// - Parameters:
    ///   - width: columns of the terminal; at least 20.
    ///   - timeZone: for the time of arrival.
    public func card(width: Int, timeZone: TimeZone = .current) -> String {
        let width = max(20, width)
        let head = "┌─ \(receiver.title) ─ to \(PlainText.safe(to)) ─ \(clock(timeZone)) "
            .replacing("\n", with: " ")
        var lines = [head + String(repeating: "─", count: max(1, width - PlainText.columns(head)))]
        if let refused { lines += PlainText.wrapped("REFUSED: \(PlainText.safe(refused))", width: width - 2).map { "│ \($0)" } }
        if replaces != nil { lines.append("│ (updates an earlier message)") }
        if thread != nil { lines.append(isShown ? "│ (reply in a thread, shown in the channel)" : "│ (reply in a thread)") }
        if let from, !from.isEmpty { lines.append("│ From: \(PlainText.safe(from).replacing("\n", with: " "))") }
        if receiver == .smtp { lines.append("│ Subject: \(PlainText.safe(title).replacing("\n", with: " "))") }
        let body = PlainText.safe(text).trimmingCharacters(in: .whitespacesAndNewlines)
        if receiver == .smtp, !body.isEmpty { lines.append("│") }
        for line in PlainText.wrapped(body, width: width - 2) { lines.append(line.isEmpty ? "│" : "│ \(line)") }
        lines.append("└" + String(repeating: "─", count: width - 1))
        return lines.joined(separator: "\n") + "\n"
    }

    func clock(_ timeZone: TimeZone) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let parts = calendar.dateComponents([.hour, .minute, .second], from: at)
        return [parts.hour, parts.minute, parts.second].map { part in
            let text = String(part ?? 0)
            return text.count < 2 ? "0" + text : text
        }.joined(separator: ":")
    }
}
