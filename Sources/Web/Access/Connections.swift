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

    /// Seconds after which a connection is closed on which nothing comes, though something should.
    static let idle: Int64 = 30
}

/// Answers `Expect: 100-continue` at once, since curl waits a second for that; and closes after a response that says `Connection:
/// close`, when the peer has had time to read it.
final class ConnectionManners: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var closes = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data), head.headerFields[.expect]?.lowercased() == "100-continue" {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        context.fireChannelRead(data)
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
