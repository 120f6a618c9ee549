// The intake. Owner: intake.

import Hummingbird

extension WebServer {
    static func addIntake(to router: Hummingbird.Router<WebContext>, _ house: House) {}
}
