// The bytes of one SMTP connection: lines, TLS, the faults asked for, and the mail into the inbox. While an answer is held
// back nothing more is read from the buffer, so replies keep their order under pipelining.

import Foundation
import NIOCore
import NIOSSL

final class SMTPConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// RFC 5321, 4.5.3.1.4 says 512; an AUTH line may be longer (RFC 4954, 4).
    private static let maximumCommand = 512
    private static let maximumAuthentication = 12_288

    let reception: Reception
    private let tls: NIOSSLContext?
    var session: SMTPSession
    private var buffer = ByteBuffer()
    var isBusy = false
    private var isOver = false
    /// The rest of an overlong command is passed over.
    private var skipsLine = false

    init(reception: Reception, tls: NIOSSLContext?, isImplicit: Bool) {
        self.reception = reception
        self.tls = tls
        session = SMTPSession(
            options: reception.options.smtp, isStrict: reception.options.checksStrictly, canStartTLS: tls != nil, isSecure: isImplicit)
    }

    func channelActive(context: ChannelHandlerContext) {
        reception.connections.add(context.channel)
        while let fault = fault(at: .connect) {
            switch fault {
            case .noAuthentication: session.offersAuthentication = false
            case .noSTARTTLS: session.canStartTLS = false
            case .reply(_, let code, let text):
                say(SMTPReply(code, text.isEmpty ? "4.3.2 not now" : text), context)
                return end(context)
            default: break
            }
            break
        }
        say(SMTPReply(220, "localhost ESMTP Tocsin sandbox"), context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var piece = unwrapInboundIn(data)
        if buffer.readableBytes == 0 { buffer = piece } else { buffer.writeBuffer(&piece) }
        process(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? CloseIfIdle else { return context.fireUserInboundEventTriggered(event) }
        guard event.receiver == .smtp, !isBusy, session.isIdle else { return }
        say(SMTPReply(421, "4.4.2 localhost Error: timeout exceeded"), context)
        end(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // Lines.

    func process(_ context: ChannelHandlerContext) {
        while !isBusy, !isOver, let piece = nextPiece() {
            if session.isInData {
                act(session.data(piece), context)
            } else {
                command(piece, context)
            }
        }
        buffer.discardReadBytes()
    }

    /// Up to and with the next line feed; of a line that is too long, what has come so far.
    private func nextPiece() -> ArraySlice<UInt8>? {
        let view = buffer.readableBytesView
        if let end = view.firstIndex(of: 0x0A) {
            return buffer.readBytes(length: end - view.startIndex + 1)?[...]
        }
        // The last byte stays behind: it may be the CR of a line end.
        guard view.count > Self.maximumAuthentication + 2 else { return nil }
        return buffer.readBytes(length: view.count - 1)?[...]
    }

    private func command(_ piece: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
        let isWhole = piece.last == 0x0A
        if skipsLine || !isWhole {
            if !skipsLine { say(SMTPReply(500, "5.5.2 line too long"), context) }
            skipsLine = !isWhole
            return
        }
        guard piece.dropLast().last == 0x0D else { return refuse(SMTPReply(500, "5.5.2 bare <LF> received"), context) }
        let line = String(decoding: piece.dropLast(2), as: UTF8.self)
        if line.utf8.contains(0x0D) || line.utf8.contains(0) {
            return refuse(SMTPReply(500, "5.5.2 control characters in a command"), context)
        }
        let verb = line.split(separator: " ").first?.uppercased() ?? ""
        var isAuthentication = verb == "AUTH"
        if case .authentication = session.mode { isAuthentication = true }
        if piece.count > (isAuthentication ? Self.maximumAuthentication : Self.maximumCommand) {
            return say(SMTPReply(500, "5.5.2 line too long"), context)
        }
        if let step = Self.step(verb), let fault = fault(at: step, line: line) {
            if case .resetBeforeBody = fault { return reset(context) }
            if case .reply(_, let code, let text) = fault {
                return refuse(SMTPReply(code, text.isEmpty ? "asked for by a fault" : text), context)
            }
        }
        act(session.command(line), context)
    }

    private func act(_ step: SMTPSession.Step, _ context: ChannelHandlerContext) {
        switch step {
        case .reply(let reply): say(reply, context)
        case .nothing: break
        case .quit(let reply):
            say(reply, context)
            end(context)
        case .startTLS(let reply): startTLS(reply, context)
        case .ended(let data): ended(data, context)
        }
    }

    private func startTLS(_ reply: SMTPReply, _ context: ChannelHandlerContext) {
        guard let tls else { return }
        say(reply, context)
        // Whatever came in clear after STARTTLS is not to be trusted (CVE-2011-0411).
        buffer.clear()
        session.secured()
        do {
            try context.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .first)
        } catch {
            end(context)
        }
    }

    // Small things.

    private static func step(_ verb: String) -> SMTPStep? {
        switch verb {
        case "EHLO", "HELO": .ehlo
        case "AUTH": .auth
        case "MAIL": .mail
        case "RCPT": .rcpt
        case "DATA": .data
        default: nil
        }
    }

    /// The fault for this step; the channel is the recipient as far as one is known.
    func fault(at step: SMTPStep, line: String = "") -> Fault? {
        var channel = session.recipients.first
        if step == .rcpt { channel = SMTPSession.recipient(line.dropFirst(5).drop(while: { $0 == " " })) ?? channel }
        return reception.faults.take(.smtp, channel: channel) { $0.step == step }
    }

    func say(_ reply: SMTPReply, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: reply.text)), promise: nil)
    }

    /// Says no; 421 is also the end.
    func refuse(_ reply: SMTPReply, _ context: ChannelHandlerContext) {
        say(reply, context)
        if reply.code == 421 { end(context) }
    }

    func end(_ context: ChannelHandlerContext) {
        isOver = true
        context.close(promise: nil)
    }

    func reset(_ context: ChannelHandlerContext) {
        isOver = true
        context.reset()
    }
}
