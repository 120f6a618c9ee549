// The bytes of one HTTP/1.1 connection: gathers a request, asks the reception, acts out the fault that was asked for.
// NIO's pipelining handler, before this one, gives one request at a time.

import Foundation
import JSON
import NIOCore
import NIOHTTP1

final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    static let maximumBody = 1 << 20

    private struct Current {
        var head: HTTPRequestHead
        var target: Target
        var query: String
        var body = ByteBuffer()
        var size = 0
        var fault: Fault?
    }

    private let reception: Reception
    private let isSecure: Bool
    private var current: Current?
    private var isBusy = false
    private var isOver = false
    /// The receiver of the last request: whose idle connection this is.
    private var lastReceiver: Receiver?

    init(reception: Reception, isSecure: Bool) {
        self.reception = reception
        self.isSecure = isSecure
    }

    func channelActive(context: ChannelHandlerContext) {
        reception.connections.add(context.channel)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isOver { return }
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(var piece):
            guard current != nil else { return }
            current?.size += piece.readableBytes
            guard let size = current?.size, size <= Self.maximumBody else { return tooLarge(context) }
            // The fast path does not look at a receiver's body: it need not be gathered.
            if reception.isFast, case .receiver = current?.target { return }
            current?.body.writeBuffer(&piece)
        case .end: finish(context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? CloseIfIdle else { return context.fireUserInboundEventTriggered(event) }
        if event.receiver == lastReceiver, current == nil, !isBusy { end(context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let parts = head.uri.split(separator: "?", maxSplits: 1)
        let path = parts.first ?? ""
        var current = Current(head: head, target: Target.parse(path), query: parts.count > 1 ? String(parts[1]) : "")
        if case .receiver(let receiver, let channel, let method) = current.target {
            lastReceiver = receiver
            // Each method of Slack's Web API can have faults of its own.
            let place = receiver == .slackAPI ? method : channel
            current.fault = reception.faults.take(receiver, channel: place.isEmpty ? nil : place)
            if current.fault == .resetBeforeBody { return reset(context) }
        }
        self.current = current
        if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
        }
    }

    private func finish(_ context: ChannelHandlerContext) {
        guard let current else { return }
        self.current = nil
        let request = Request(
            method: current.head.method, target: current.target, query: current.query, headers: current.head.headers,
            body: Array(current.body.readableBytesView), at: Date(), isSecure: isSecure)
        let keepsAlive = current.head.isKeepAlive
        guard case .receiver(let receiver, let channel, let method) = current.target else {
            return write(Control(reception: reception).answer(request), keepsAlive, context)
        }
        // An answer that a fault dictates comes before the receiver looks.
        switch current.fault {
        case .status(let status, let body, let retryAfter):
            reception.turnAway(request, receiver, channel: channel, reason: "\(status) (a fault)")
            var answer = Answer.text(status, body)
            if let retryAfter { answer.headers.append(("retry-after", retryAfter.text)) }
            return write(answer, keepsAlive, context)
        case .slackError(let error):
            if method.hasPrefix("chat.") {
                reception.turnAway(request, receiver, channel: channel, reason: "\(error) (a fault)")
            }
            return write(.json(200, ["ok": false, "error": .string(error)]), keepsAlive, context)
        case .legacyTeams(let status):
            reception.turnAway(request, receiver, channel: channel, reason: "200 with HTTP error \(status) (a fault)")
            return write(.text(200, Teams.legacyBody(status: status)), keepsAlive, context)
        default: break
        }
        let answer = reception.answer(request, receiver, channel: channel, method: method)
        deliver(answer, current.fault, keepsAlive, context)
    }

    /// The normal answer, in the way that the fault wants it.
    private func deliver(_ answer: Answer, _ fault: Fault?, _ keepsAlive: Bool, _ context: ChannelHandlerContext) {
        switch fault {
        case .resetAfterBody: reset(context)
        case .hang: isBusy = true
        case .delay(let seconds):
            isBusy = true
            context.after(seconds) {
                self.isBusy = false
                self.write(answer, keepsAlive, context)
            }
        case .drip(let pause):
            isBusy = true
            raw(context)?.drip(Self.bytes(answer), every: pause) { self.end(context) }
        case .garbage:
            raw(context)?.writeAndFlush(NIOAny(ByteBuffer(bytes: Garbage.bytes)), promise: nil)
            end(context)
        default: write(answer, keepsAlive, context)
        }
    }

    private func write(_ answer: Answer, _ keepsAlive: Bool, _ context: ChannelHandlerContext) {
        var headers = HTTPHeaders()
        if let type = answer.contentType { headers.add(name: "content-type", value: type) }
        headers.add(name: "content-length", value: String(answer.body.count))
        for (name, value) in answer.headers { headers.add(name: name, value: value) }
        if !keepsAlive { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !answer.body.isEmpty { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if !keepsAlive { end(context) }
    }

    private func tooLarge(_ context: ChannelHandlerContext) {
        current = nil
        write(.text(413, "the body is larger than \(Self.maximumBody) bytes"), false, context)
    }

    /// The place in the pipeline from which bytes go out as they are.
    private func raw(_ context: ChannelHandlerContext) -> ChannelHandlerContext? {
        try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
    }

    private static func bytes(_ answer: Answer) -> [UInt8] {
        let status = HTTPResponseStatus(statusCode: answer.status)
        var text = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\nconnection: close\r\ncontent-length: \(answer.body.count)\r\n"
        if let type = answer.contentType { text += "content-type: \(type)\r\n" }
        for (name, value) in answer.headers { text += "\(name): \(value)\r\n" }
        return Array((text + "\r\n").utf8) + answer.body
    }

    private func end(_ context: ChannelHandlerContext) {
        isOver = true
        context.close(promise: nil)
    }

    private func reset(_ context: ChannelHandlerContext) {
        isOver = true
        context.reset()
    }
}
