// The page.

import Hummingbird

extension WebServer {
    static func addPages(to router: Hummingbird.Router<WebContext>, _ house: House) {
        Assets.add(to: router)
        Live.add(to: router, house)
        let pages = PagesToAdd(router: router, house: house)
        NowPage.add(to: pages)
        IncidentsPage.add(to: pages)
        IncidentView.add(to: pages)
        IncidentForms.add(to: pages)
        DeliveriesPage.add(to: pages)
        DeliveryView.add(to: pages)
    }
}
