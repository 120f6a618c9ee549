// Connections that are held: by a request that does not end, and by an answer that is not read. The time is the channel's own.

import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Web

/// Makes bytes of answers, as the encoder does.
private final class PlainBytes: ChannelOutboundHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = ByteBuffer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .body(let bytes) = unwrapOutboundIn(data) else { return }
        context.write(wrapOutboundOut(bytes), promise: promise)
    }
}

@Suite struct ConnectionTests {
    private let loop = EmbeddedEventLoop()

    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handlers: [PlainBytes(), ConnectionManners()], loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private var head: HTTPRequestPart { .head(HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/sign-in")) }

    @Test func aRequestThatDoesNotEndIsGivenUp() throws {
        let channel = try channel()
        try channel.writeInbound(head)
        for _ in 0..<3 {
            loop.advanceTime(by: .seconds(10))
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "a")))
        }
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(Connections.request - 30))
        #expect(!channel.isActive)
    }

    @Test func aRequestThatEndsStays() throws {
        let channel = try channel()
        for _ in 0..<2 {
            try channel.writeInbound(head)
            loop.advanceTime(by: .seconds(20))
            try channel.writeInbound(HTTPRequestPart.end(nil))
        }
        loop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        _ = try? channel.finish()
    }

    @Test func anAnswerThatIsNotReadIsGivenUpAndASlowReaderIsNot() throws {
        let channel = try channel()
        // Unflushed is what the peer has not taken.
        func write(_ bytes: Int) {
            channel.write(HTTPResponsePart.body(ByteBuffer(repeating: 0x61, count: bytes)), promise: nil)
        }
        write(1_000)
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        loop.advanceTime(by: .seconds(Connections.stalled - 1))
        #expect(channel.isActive)
        write(500)
        loop.advanceTime(by: .seconds(1))
        #expect(channel.isActive, "something has moved")
        loop.advanceTime(by: .seconds(Connections.stalled))
        #expect(!channel.isActive)
    }

    @Test func whatIsReadAgainStays() throws {
        let channel = try channel()
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        loop.advanceTime(by: .seconds(1))
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        loop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        _ = try? channel.finish()
    }
}
