// Pages that sum up: channels, explain, what needs mending, broadcasts, charts.

import Hummingbird

extension WebServer {
    static func addReports(to router: Hummingbird.Router<WebContext>, _ house: House) {
        ChartsPage.add(to: router, house)
        ChannelsPage.add(to: router, house)
        RoutesPage.add(to: router, house)
        ExplainPage.add(to: router, house)
        MendingPage.add(to: router, house)
        BroadcastsPage.add(to: router, house)
        SubscriptionsPage.add(to: router, house)
        SilencesPage.add(to: router, house)
    }
}
