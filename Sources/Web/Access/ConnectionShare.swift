// Nobody alone may hold all connections: each address has a share of them. Whoever carries many people has none to keep to: this
// machine, and trusted proxies.

import Foundation
import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Settings
import Synchronization

/// How many connections each address holds.
final class ConnectionShares: Sendable {
    private let held = Mutex<[[UInt8]: Int]>([:])

    /// What is counted together: an IPv4 address, or the network that one IPv6 customer is given (64 bits). Nil: it is not counted.
    static func holder(_ address: String?, _ http: HTTPSettings) -> [UInt8]? {
        guard let address, let bytes = Networks.bytes(address) else { return nil }
        let isLoopback = bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
        if isLoopback || Networks(http.trustedProxies).contains(address) { return nil }
        return bytes.count == 4 ? bytes : Array(bytes.prefix(8))
    }

    /// - Returns: false where it holds `limit` already.
    func take(_ holder: [UInt8], limit: Int) -> Bool {
        held.withLock { held in
            let count = held[holder, default: 0]
            if count >= limit { return false }
            held[holder] = count + 1
            return true
        }
    }

    func give(back holder: [UInt8]) {
        held.withLock { held in
            let count = held[holder, default: 0] - 1
            held[holder] = count > 0 ? count : nil
        }
    }
}

/// Closes a connection that is one too many of its address.
final class ConnectionShare: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let house: House
    private let refusals: Refusals
    private var holder: [UInt8]?

    init(_ house: House, _ refusals: Refusals) {
        self.house = house
        self.refusals = refusals
    }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { take(context) } }

    func channelActive(context: ChannelHandlerContext) {
        take(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        giveBack()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { giveBack() }

    private func take(_ context: ChannelHandlerContext) {
        let http = house.http
        let address = context.remoteAddress?.ipAddress
        guard holder == nil, let address, let wanted = ConnectionShares.holder(address, http) else { return }
        let limit = http.connectionsPerAddress ?? Connections.share
        if house.shares.take(wanted, limit: limit) {
            holder = wanted
            return
        }
        refusals.log(
            "a connection was closed: its address holds as many as it may (`http.connections_per_address`)", key: address,
            ["from": "\(address)", "limit": "\(limit)"], now: house.clock())
        context.close(promise: nil)
    }

    private func giveBack() {
        if let holder { house.shares.give(back: holder) }
        holder = nil
    }
}
