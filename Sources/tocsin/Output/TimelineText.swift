// The timeline of a scenario as a table: when, what became of it, what it is about, to whom, and why.

import Foundation
import Incidents
import Router

enum TimelineText {
    static func show(_ timeline: Timeline, title: String) {
        Terminal.say(Terminal.coloured(Terminal.clean(title), .bold))
        if timeline.lines.isEmpty {
            Terminal.say("Nothing was sent, held or kept back.\n")
            return
        }
        var table = Table([
            .init("TIME"), .init("OFFSET"), .init("ACTION"), .init("WHAT", shrinks: true), .init("WHO", shrinks: true), .init("BY"),
            .init("WHY", shrinks: true, most: 160),
        ])
        for line in timeline.lines {
            table.add([
                .init(Timestamp.format(line.at)), .init(ScenarioTime.text(timeline.offset(of: line))),
                .init(line.action.rawValue, colour(line.action)), .init(line.subject), .init(line.whom), .init(line.channel),
                .init(why(line, timeline)),
            ])
        }
        table.show()
        Terminal.say("")
    }

    private static func why(_ line: TimelineLine, _ timeline: Timeline) -> String {
        let routes = line.routes.joined(separator: ", ")
        let until = line.until.map { "until " + ScenarioTime.text($0.timeIntervalSince(timeline.start)) }
        let contains = line.contains.isEmpty ? nil : "holds " + line.contains.prefix(10).map(String.init).joined(separator: ", ")
        return [routes.isEmpty ? nil : routes, until, line.reason, contains].compactMap(\.self).joined(separator: "; ")
    }

    private static func colour(_ action: TimelineLine.Action) -> Terminal.Colour? {
        switch action {
        case .send, .release: .green
        case .hold: .yellow
        case .suppress, .supersede, .expire: .grey
        }
    }
}
