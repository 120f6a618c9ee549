// A scripted SMTP server in clear: what it says at each step, and what it heard.

import Foundation
import Testing

@testable import Transport

/// What to answer; nil stands for saying nothing more and waiting for the client to go.
struct MailScript: Sendable {
    enum Answer: Sendable, Equatable {
        case say(String)
        case hang
        case reset
        case close
    }

    var greeting = Answer.say("220 mail.test ESMTP")
    var hello = Answer.say("250-mail.test\r\n250-8BITMIME\r\n250 SIZE 50000000")
    var helo = Answer.say("250 mail.test")
    var startTLS = Answer.say("454 4.7.0 no")
    var authenticate = Answer.say("235 2.7.0 in")
    var sender = Answer.say("250 2.1.0 sender")
    var recipient = Answer.say("250 2.1.5 recipient")
    var data = Answer.say("354 go on")
    var accepted = Answer.say("250 2.0.0 Ok: queued as 4XyZ")
    /// Bytes of the content after which to do `accepted`; nil: at the dot.
    var contentBytes: Int?
    var quit = Answer.say("221 bye")
    /// After an accepted mail: what an impatient server says, and then closes.
    var farewell: String?
    /// The farewell comes only as the next command arrives.
    var isFarewellLate = false

    static func offering(_ login: String) -> MailScript {
        var script = MailScript()
        script.hello = .say("250-mail.test\r\n250-SIZE 50000000\r\n250 \(login)")
        return script
    }
}

/// Each command is recorded as `command …`; each content as `content …`, as it came over the wire.
final class MailServer: Sendable {
    let record: Record
    let server: LoopbackServer

    init(_ script: MailScript = MailScript()) throws {
        let record = Record()
        self.record = record
        server = try LoopbackServer { peer, number in
            Session(script: script, peer: peer, record: record, number: number).run()
            record.add("gone")
        }
    }

    /// A server that clients of the tests may talk to in clear.
    func address(timeout: Double = 20, username: String? = nil, password: String? = nil, mechanism: String? = nil) -> SMTPServer {
        SMTPServer(
            host: "127.0.0.1", port: server.port, requiresTLS: false, username: username, password: password, mechanism: mechanism,
            name: "tocsin.test", timeout: timeout)
    }

    var commands: [String] { record.lines.filter { $0.hasPrefix("command ") }.map { String($0.dropFirst(8)) } }
    var contents: [String] { record.lines.filter { $0.hasPrefix("content ") }.map { String($0.dropFirst(8)) } }
}

private struct Session {
    /// Lines of the login that are still asked for before it is answered.
    final class Login { var challenges: [String] = [] }

    let login = Login()
    let script: MailScript
    let peer: Peer
    let record: Record
    let number: Int

    func run() {
        guard answer(script.greeting) else { return }
        while let line = peer.readLine() {
            record.add("command " + line)
            guard take(line) else { return }
        }
    }

    private func take(_ line: String) -> Bool {
        switch line.prefix(4) {
        case "EHLO": return answer(script.hello)
        case "HELO": return answer(script.helo)
        case "STAR": return answer(script.startTLS)
        case "AUTH":
            if line.hasPrefix("AUTH LOGIN") {
                login.challenges = ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"]
            } else {
                login.challenges = ["334 "]
            }
            return challenge()
        case "MAIL": return answer(script.sender)
        case "RCPT": return answer(script.recipient)
        case "QUIT":
            _ = answer(script.quit)
            return false
        case "DATA":
            guard answer(script.data) else { return false }
            return script.data == .say("354 go on") ? takeContent() : true
        default: return challenge()
        }
    }

    private func challenge() -> Bool {
        guard let next = login.challenges.first else { return answer(script.authenticate) }
        login.challenges.removeFirst()
        return answer(.say(next))
    }

    private func takeContent() -> Bool {
        if let bytes = script.contentBytes {
            _ = peer.read(bytes)
            guard script.accepted == .hang else { return answer(script.accepted) }
            // Reads nothing more, and still holds the connection.
            peer.waitForHangUp()
            return false
        }
        guard let content = peer.readUntilDot() else { return false }
        record.add("content " + String(decoding: content, as: UTF8.self))
        guard answer(script.accepted) else { return false }
        guard let farewell = script.farewell, number == 1 else { return true }
        if script.isFarewellLate { _ = peer.readLine() }
        peer.write(farewell)
        return false
    }

    private func answer(_ answer: MailScript.Answer) -> Bool {
        switch answer {
        case .say(let text):
            peer.write(text + "\r\n")
            return true
        case .hang:
            record.add("hang")
            peer.waitForEnd()
        case .reset: peer.reset()
        case .close: peer.close()
        }
        return false
    }
}

func makeSMTPClient() -> SMTPClient {
    return SMTPClient()
}

let mail = SMTPMail(sender: "tocsin@example.com", recipient: "ada@example.org", content: Array("Subject: s\r\n\r\nbody\r\n".utf8))

extension SMTPResult {
    var failure: TransportFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}
