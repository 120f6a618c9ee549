// A moment to come, as people say it on a command line.

import Foundation
import Router

extension WhenText {
    /// - Throws: exit status 64, for what is no time, or not to come.
    static func coming(_ text: String, _ name: String, now: Date, in zone: TimeZone) throws -> Date {
        guard let time = parse(text, now: now, in: zone) else { throw usage("\(name) takes a time: \(example); this is `\(text)`") }
        guard time > now else { throw usage("\(text) is over: \(name) takes a time to come") }
        return time
    }
}
