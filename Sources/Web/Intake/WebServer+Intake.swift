// The intake, and what programs read.

import Hummingbird

extension WebServer {
    static func addIntake(to router: Hummingbird.Router<WebContext>, _ house: House) {
        let intake = EventIntake(house)
        let tools = ToolIntake(intake, house.adapters)
        router.post("/v1/events") { try await intake.events($0, $1) }
        router.post("/v1/intake/{name}") { try await tools.receive($0, $1) }
        ReadAPI(house).add(to: router)
        OpenAPIDescription.add(to: router)
    }
}
