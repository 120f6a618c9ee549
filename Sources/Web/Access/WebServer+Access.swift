// Who asks: tokens, sessions, trusted proxies; and what no answer leaves without.

import Hummingbird

extension WebServer {
    /// - Returns: to be filled when all routes have been added.
    static func addAccess(to router: Hummingbird.Router<WebContext>, _ house: House) -> RouteTable {
        let refusals = Refusals(house.logger)
        let table = RouteTable()
        router.add(middleware: ProblemMiddleware(refusals: refusals, table: table, clock: house.clock))
        router.add(middleware: ClientAddress(house: house))
        router.add(middleware: TokenMiddleware(house: house, refusals: refusals))
        Sessions.add(to: router, house)
        return table
    }
}
