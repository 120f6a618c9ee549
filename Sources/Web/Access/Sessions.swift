// Sessions of the page, and what trusted proxies say. Owner: pages.

import Hummingbird

enum Sessions {
    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {}
}
