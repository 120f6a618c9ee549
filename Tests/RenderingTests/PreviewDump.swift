import Foundation
import Incidents
import Testing
@testable import Rendering
@Suite struct PreviewDump {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["DUMP"] != nil)) func dump() throws {
        var out = ""
        for type in EventType.allCases { for kind in ChannelKind.allCases {
            let m = TemplateLibrary.builtIn.render(Samples.request(type, kind))
            out += "===== \(type.rawValue) \(kind.rawValue) \(m.degraded ?? "")\n\(m.preview)\n"
            if let mail = m.email { try mail.html.write(toFile: "/tmp/mail-\(type.rawValue).html", atomically: true, encoding: .utf8) }
        } }
        for kind in ChannelKind.allCases { out += "===== min \(kind.rawValue)\n\(TemplateLibrary.builtIn.render(Samples.request(.escalation, kind, members: [:])).preview)\n===== ping\n\(TemplateLibrary.builtIn.render(Samples.request(.operations, kind, template: "ping")).preview)\n" }
        try out.write(toFile: "/tmp/previews.txt", atomically: true, encoding: .utf8)
        let r = Samples.request(.escalation, .slack)
        _ = TemplateLibrary.builtIn.render(r)
        let c = ContinuousClock(); let t = c.measure { for _ in 0..<500 { _ = TemplateLibrary.builtIn.render(r) } }
        print("SLACK", t / 500)
    }
}
