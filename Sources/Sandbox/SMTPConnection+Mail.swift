// The end of a mail: into the inbox, and the answer to the final dot in the way that a fault wants it.

import Foundation
import NIOCore

extension SMTPConnection {
    func ended(_ data: MailData, _ context: ChannelHandlerContext) {
        let envelope = (sender: session.sender ?? "", recipients: session.recipients)
        let fault = fault(at: .end)
        session.reset()
        if case .status(let code, let text, _) = fault { return refuse(data, envelope, SMTPReply(code, text), context) }
        if case .reply(_, let code, let text) = fault { return refuse(data, envelope, SMTPReply(code, text), context) }
        let reply = receive(data, envelope)
        switch fault {
        case .delay(let seconds):
            isBusy = true
            context.after(seconds) {
                self.say(reply, context)
                self.resume(context)
            }
        case .drip(let pause):
            isBusy = true
            context.drip(Array(reply.text.utf8), every: pause) { self.resume(context) }
        case .hang: isBusy = true
        case .resetAfterBody: reset(context)
        case .garbage:
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: Garbage.bytes)), promise: nil)
            end(context)
        default: say(reply, context)
        }
    }

    private func resume(_ context: ChannelHandlerContext) {
        isBusy = false
        process(context)
    }

    /// Puts the mail into the inbox and says what is to be answered.
    private func receive(_ data: MailData, _ envelope: (sender: String, recipients: [String])) -> SMTPReply {
        let id = String(UInt64.random(in: .min ... .max), radix: 36, uppercase: true)
        let accepted = SMTPReply(250, "2.0.0 Ok: queued as \(id)")
        if reception.isFast {
            reception.inbox.tally(.smtp)
            return accepted
        }
        var message = message(data, envelope)
        var flaw = data.flaw
        if flaw == nil, reception.options.checksStrictly { flaw = MailRules.flaw(MailMessage(data.content)) }
        if flaw == nil { message.id = id }
        reception.put(message, refused: flaw.map { $0.text.trimmingCharacters(in: .whitespacesAndNewlines) })
        return flaw ?? accepted
    }

    private func refuse(
        _ data: MailData, _ envelope: (sender: String, recipients: [String]), _ reply: SMTPReply, _ context: ChannelHandlerContext
    ) {
        let reply = reply.lines == [""] ? SMTPReply(reply.code, "asked for by a fault") : reply
        let words = reply.text.trimmingCharacters(in: .whitespacesAndNewlines)
        reception.put(message(data, envelope), refused: "\(words) (a fault)")
        refuse(reply, context)
    }

    private func message(_ data: MailData, _ envelope: (sender: String, recipients: [String])) -> ReceivedMessage {
        let mail = MailMessage(data.content)
        let to = envelope.recipients.joined(separator: ", ")
        var message = ReceivedMessage(
            receiver: .smtp, at: Date(), channel: to, to: to, from: mail.header("From") ?? envelope.sender,
            title: mail.header("Subject") ?? "", text: mail.text ?? mail.html ?? "", raw: data.content, headers: mail.headers)
        message.html = mail.html
        message.user = session.user
        message.isSecure = session.isSecure
        return message
    }
}

/// No answer in any protocol.
enum Garbage {
    static let bytes: [UInt8] = [0x00, 0xFF, 0x16, 0x03] + Array("%$# not a reply \r\n\r\n".utf8) + [0x80, 0x81, 0x0D, 0x0A]
}
