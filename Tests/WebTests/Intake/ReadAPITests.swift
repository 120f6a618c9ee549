// What programs look at.

import Foundation
import Incidents
import JSON
import Testing

@testable import Web

@Suite struct ReadAPITests {
    private func filled() async throws -> (IntakeHouse, String) {
        let house = try IntakeHouse()
        let token = try house.token([.intake, .read])
        let events = (1...5).map { #"{"type": "escalation", "incident": {"id": "INC\#($0)", "severity": "\#($0 == 1 ? "low" : "high")"}}"# }
        _ = try await house.post("[\(events.joined(separator: ","))]", token: token)
        #expect(try await house.take().isEmpty)
        return (house, token)
    }

    @Test func incidentsAreListedAndFound() async throws {
        let (house, token) = try await filled()
        let all = try await house.send(.get, "/v1/incidents", token: token)
        #expect(all.json["incidents"]?.array?.count == 5)
        let low = try await house.send(.get, "/v1/incidents?severity=p4&limit=10", token: token)
        #expect(low.json["incidents"]?.array?.map { $0["id"] } == ["INC1"])
        let one = try await house.send(.get, "/v1/incidents/INC3", token: token)
        #expect(one.status == 200 && one.json["severity"] == "high" && one.json["acknowledged"] == false)
        #expect(try await house.send(.get, "/v1/incidents/NOPE", token: token).codes == ["unknown_incident"])
    }

    @Test func deliveriesAreListedByPages() async throws {
        let (house, token) = try await filled()
        var ids: [String] = []
        var after = ""
        for _ in 0..<4 {
            let page = try await house.send(.get, "/v1/deliveries?limit=2&order=oldest\(after)", token: token)
            ids += page.json["deliveries"]?.array?.compactMap { $0["id"]?.string } ?? []
            guard let next = page.json["next"]?.string else { break }
            after = "&after=\(next)"
        }
        #expect(ids.count == 5 && ids == ids.sorted())
        let one = try await house.send(.get, "/v1/deliveries?incident=INC2&state=pending&since=1h&channel=room", token: token)
        #expect(one.json["deliveries"]?.array?.map { $0["incident"] } == ["INC2"])
        #expect(try await house.send(.get, "/v1/deliveries/\(ids[0])", token: token).json["id"] == .string(ids[0]))
        #expect(try await house.send(.get, "/v1/deliveries/999", token: token).status == 404)
        #expect(try await house.send(.get, "/v1/deliveries/x", token: token).status == 404)
    }

    @Test func theStatusSaysWhatTheCommandSays() async throws {
        let (house, token) = try await filled()
        let status = try await house.send(.get, "/v1/status", token: token)
        #expect(status.json["running"] == true && status.json["events"] == 5 && status.json["open_incidents"] == 5)
        #expect(status.json["channels"]?["room"] != nil)
    }

    @Test(arguments: [
        "/v1/deliveries?state=lost", "/v1/deliveries?limit=0", "/v1/deliveries?limit=x", "/v1/deliveries?stat=dead",
        "/v1/deliveries?since=soon",
        "/v1/incidents?all=perhaps", "/v1/incidents?severity=purple", "/v1/status?x=1", "/v1/deliveries?after=-1",
        "/v1/deliveries?order=down",
    ])
    func aParameterThatIsWrongIsToldAndNotPassedOver(path: String) async throws {
        let house = try IntakeHouse()
        #expect(try await house.send(.get, path, token: try house.token([.read])).status == 400)
    }

    @Test func bothOrdersHaveTheSameDeliveriesAndEnd() async throws {
        let (house, token) = try await filled()
        var lists: [[String]] = []
        for order in ["newest", "oldest"] {
            var ids: [String] = []
            var after = ""
            for _ in 0..<10 {
                let page = try await house.send(.get, "/v1/deliveries?limit=2&since=1h&order=\(order)\(after)", token: token)
                ids += page.json["deliveries"]?.array?.compactMap { $0["id"]?.string } ?? []
                guard let next = page.json["next"]?.string else { break }
                after = "&after=\(next)"
            }
            lists.append(ids)
            let later = Timestamp.format(Date().addingTimeInterval(60))
            let none = try await house.send(.get, "/v1/deliveries?since=\(later)&order=\(order)", token: token)
            #expect(none.status == 200 && none.json["deliveries"]?.array?.isEmpty == true && none.json["next"] == .null)
        }
        #expect(lists[0].count == 5 && lists[0] == lists[1].reversed())
        let behind = try await house.send(.get, "/v1/deliveries?order=oldest&after=\(lists[1][4])", token: token)
        #expect(behind.json["deliveries"]?.array?.isEmpty == true)
    }
}
