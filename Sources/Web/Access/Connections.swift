// Connections: how many, and their manners.

import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

enum Connections {
    /// At a time, at most: of the files that this process may have open, the larger part is for the ledger, the queue and what
    /// goes out. Whoever comes when all are taken waits until one is closed; idle ones are, after `idle`.
    static var limit: Int {
        var files = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 else { return 256 }
        return max(32, min(4_096, Int(min(files.rlim_cur, 1 << 20)) / 4))
    }

    /// Of one address at a time, where `http.connections_per_address` does not say.
    static var share: Int { limit / 4 }

    /// Seconds after which a connection is closed on which nothing comes, though something should.
    static let idle: Int64 = 30

    /// Seconds in which a request must have come whole, whoever reads it, from its headers to the end of its body; longer than
    /// `BodyLimits.seconds`, so that who reads it can still say what was wrong. Headers must have come within `idle`.
    static let request: Int64 = 40

    /// Seconds after which a connection is closed whose peer reads nothing of what is written to it.
    static let stalled: Int64 = 30
}

/// Answers `Expect: 100-continue` at once, since curl waits a second for that; and closes after a response that says `Connection:
/// close`, when the peer has had time to read it. Closes where a request does not end, and where an answer is not read.
final class ConnectionManners: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var closes = false
    /// A request has begun to come, and not ended.
    private var isComing = false
    /// Waits for the end of a request, and for an answer to be read.
    private var deadline: Scheduled<Void>?
    private var watch: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isComing = true
            if head.headerFields[.expect]?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body: break
        case .end:
            isComing = false
            deadline?.cancel()
            deadline = nil
        }
        context.fireChannelRead(data)
    }

    /// Nearly every request has come whole by now: only for others there is a timer.
    func channelReadComplete(context: ChannelHandlerContext) {
        if isComing, deadline == nil {
            let channel = context.channel
            deadline = context.eventLoop.scheduleTask(in: .seconds(Connections.request)) { channel.close(promise: nil) }
        }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        watch?.cancel()
        watch = nil
        if !context.channel.isWritable { watchReading(of: context.channel, context.eventLoop) }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopTimers()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stopTimers() }

    private func stopTimers() {
        for timer in [deadline, watch] { timer?.cancel() }
        (deadline, watch) = (nil, nil)
    }

    /// As long as some of it is read, however slowly, the connection stays.
    private func watchReading(of channel: any Channel, _ loop: any EventLoop) {
        let before = Self.waiting(channel)
        watch = loop.assumeIsolated().scheduleTask(in: .seconds(Connections.stalled)) {
            if channel.isWritable { return }
            if Self.waiting(channel) == before { channel.close(promise: nil) } else { self.watchReading(of: channel, loop) }
        }
    }

    /// Bytes that are written and not taken by the peer.
    private static func waiting(_ channel: any Channel) -> Int {
        (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): closes = head.headerFields[.connection]?.lowercased() == "close"
        case .end where closes:
            let channel = context.channel
            // At once, what the peer still sends would make the kernel take the answer back.
            context.eventLoop.scheduleTask(in: .milliseconds(500)) { channel.close(promise: nil) }
        default: break
        }
        context.write(data, promise: promise)
    }
}
