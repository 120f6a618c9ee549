// Links, buttons, text messages and receipts that come back. Owner: answers.

import Hummingbird

extension WebServer {
    static func addAnswers(to router: Hummingbird.Router<WebContext>, _ house: House) {}
}
