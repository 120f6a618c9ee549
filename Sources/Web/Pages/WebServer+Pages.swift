// The page. Owner: pages.

import Hummingbird

extension WebServer {
    static func addPages(to router: Hummingbird.Router<WebContext>, _ house: House) {
        Assets.add(to: router)
    }
}
