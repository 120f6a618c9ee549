// No address alone holds all connections; whoever carries many people may.

import Foundation
import Hummingbird
import NIOCore
import NIOEmbedded
import Settings
import Testing

@testable import Web

@Suite struct ConnectionShareTests {
    private func channel(from address: String, _ house: IntakeHouse, _ refusals: Refusals) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: ConnectionShare(house.house, refusals))
        channel.remoteAddress = try SocketAddress(ipAddress: address, port: 40_000)
        try channel.connect(to: SocketAddress(ipAddress: address, port: 40_000)).wait()
        return channel
    }

    @Test func oneTooManyIsClosedUntilOneGoes() throws {
        let house = try IntakeHouse(http: "{connections_per_address: 2, trusted_proxies: [10.9.0.0/16]}")
        let refusals = Refusals(house.house.logger)
        let first = try channel(from: "192.0.2.1", house, refusals)
        let second = try channel(from: "192.0.2.1", house, refusals)
        let third = try channel(from: "192.0.2.1", house, refusals)
        #expect(first.isActive && second.isActive && !third.isActive)
        #expect(try channel(from: "192.0.2.2", house, refusals).isActive, "another address is not meant")
        #expect(house.log.all.count { $0.contains("a connection was closed") && $0.contains("from=192.0.2.1") } == 1)
        first.close(promise: nil)
        first.embeddedEventLoop.run()
        #expect(try channel(from: "192.0.2.1", house, refusals).isActive)
        #expect(try !channel(from: "192.0.2.1", house, refusals).isActive)
    }

    @Test(arguments: ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "10.9.1.2"])
    func whoCarriesManyIsNotBounded(_ address: String) throws {
        let house = try IntakeHouse(http: "{connections_per_address: 1, trusted_proxies: [10.9.0.0/16]}")
        let refusals = Refusals(house.house.logger)
        for _ in 0..<5 { #expect(try channel(from: address, house, refusals).isActive) }
    }

    @Test func aNetworkOfIPv6CountsAsOne() throws {
        let house = try IntakeHouse(http: "{connections_per_address: 1}")
        let refusals = Refusals(house.house.logger)
        #expect(try channel(from: "2001:db8:1:2::1", house, refusals).isActive)
        #expect(try !channel(from: "2001:db8:1:2:ffff::9", house, refusals).isActive)
        #expect(try channel(from: "2001:db8:1:3::1", house, refusals).isActive)
    }

    @Test func withoutTheOptionItIsAQuarter() throws {
        let house = try IntakeHouse()
        #expect(house.house.http.connectionsPerAddress == nil)
        #expect(Connections.share == Connections.limit / 4 && Connections.share >= 8)
    }
}
