// All open connections, so that idle ones can be closed on request; and the ways to end one rudely.

import Foundation
import NIOCore
import NIOSSL
import Synchronization

/// Sent through a pipeline: close, if this receiver has nothing under way here.
struct CloseIfIdle: Sendable {
    var receiver: Receiver
}

final class Connections: Sendable {
    private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

    var count: Int { open.withLock { $0.count } }

    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        open.withLock { $0[id] = channel }
        channel.closeFuture.whenComplete { [weak self] _ in
            _ = self?.open.withLock { $0.removeValue(forKey: id) }
        }
    }

    /// Asks all connections; the future is there when each has looked.
    @discardableResult
    func closeIdle(_ receiver: Receiver) -> [EventLoopFuture<Void>] {
        let channels = open.withLock { Array($0.values) }
        return channels.map { channel in
            channel.eventLoop.submit {
                channel.pipeline.fireUserInboundEventTriggered(CloseIfIdle(receiver: receiver))
            }
        }
    }
}

extension ChannelHandlerContext {
    /// A TCP reset: no lingering, and no farewell of TLS.
    func reset() {
        if let provider = channel as? any SocketOptionProvider {
            provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
        }
        // Closing from TLS's own place passes TLS by.
        if let tls = try? pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
            tls.close(promise: nil)
        } else {
            close(promise: nil)
        }
    }

    /// Writes bytes one at a time with a pause between them, then does `finally`; ends quietly when the connection does.
    func drip(_ bytes: [UInt8], every pause: TimeInterval, finally: @escaping () -> Void) {
        guard channel.isActive else { return }
        guard let first = bytes.first else { return finally() }
        var buffer = channel.allocator.buffer(capacity: 1)
        buffer.writeInteger(first)
        writeAndFlush(NIOAny(buffer), promise: nil)
        after(pause) { self.drip(Array(bytes.dropFirst()), every: pause, finally: finally) }
    }

    /// Runs on this connection's loop after so many seconds, unless the connection has ended.
    func after(_ seconds: TimeInterval, _ action: @escaping () -> Void) {
        eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(max(0, seconds) * 1_000_000_000))) {
            if self.channel.isActive { action() }
        }
    }
}
