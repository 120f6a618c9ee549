// Pages that sum up: channels, explain, what needs mending, broadcasts, charts. Owner: reports.

import Hummingbird

extension WebServer {
    static func addReports(to router: Hummingbird.Router<WebContext>, _ house: House) {}
}
