// How long a rendering takes: printed, for comparison. It says nothing about right and wrong, so that it cannot fail by the machine.

import Foundation
import Incidents
import Rendering
import Testing

@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["TOCSIN_RENDER_SPEED"] != nil)) struct RenderSpeedTests {
    @Test(arguments: ChannelKind.allCases)
    func microseconds(kind: ChannelKind) {
        let requests = [EventType.escalation, .statusChange, .update].map { Samples.request($0, kind) }
        let library = TemplateLibrary.builtIn
        for request in requests { _ = library.render(request) }
        let rounds = 1_000
        let start = clock()
        for index in 0..<rounds { _ = library.render(requests[index % requests.count]) }
        let took = Double(clock() - start) / Double(CLOCKS_PER_SEC)
        print("\(kind.rawValue): \(Int(took / Double(rounds) * 1e6)) µs of CPU")
    }
}
