// Health and metrics. Owner: operations.

import Hummingbird

extension WebServer {
    static func addOperations(to router: Hummingbird.Router<WebContext>, _ house: House) {}
}
