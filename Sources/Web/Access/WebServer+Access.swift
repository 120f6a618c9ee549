// Who asks: tokens, sessions, trusted proxies; and what no answer leaves without. Owner: intake (tokens), pages (sessions, headers).

import Hummingbird

extension WebServer {
    static func addAccess(to router: Hummingbird.Router<WebContext>, _ house: House) {
        Sessions.add(to: router, house)
    }
}
