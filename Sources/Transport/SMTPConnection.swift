// One easy handle for one server, with the connection that libcurl keeps in it. One thread at a time uses it.

import CCurl
import Glibc
import Synchronization

/// A kept connection and the mail under way on it.
///
/// `@unchecked Sendable`: the pool gives it to one worker at a time; only `sockets` and `isCancelled` are touched by others.
final class SMTPConnection: @unchecked Sendable {
    /// Idle seconds after which a connection is not used again: servers close idle ones, and a stale one costs a round trip.
    static let maximumIdle: Double = 20

    let server: SMTPServer
    let sockets = SMTPSockets()
    let isCancelled = Atomic(false)
    /// Monotonic seconds; the pool's.
    var lastUsed: Double = 0

    private var easy: EasyHandle
    private var conversation: SMTPConversation
    private var mail: SMTPMail?
    /// Bytes of the content that libcurl has taken.
    private var taken = 0

    /// nil where libcurl has no memory.
    init?(_ server: SMTPServer) {
        guard let easy = EasyHandle() else { return nil }
        self.server = server
        self.easy = easy
        conversation = SMTPConversation(
            needsLogin: server.username != nil, upgradesToTLS: server.requiresTLS && !server.implicitTLS)
    }

    deinit {
        // Says QUIT, and waits for the answer no longer than this.
        sockets.shutDown(after: 1)
        curl_easy_cleanup(easy.raw)
    }

    /// Sends one mail and blocks until its end. A kept connection that the server had closed is replaced once.
    func send(_ mail: SMTPMail) -> SMTPResult {
        var recipients = curl_slist_append(nil, mail.recipient)
        defer { curl_slist_free_all(recipients) }
        guard recipients != nil else { return .failed(.refused("There is not enough memory.")) }
        self.mail = mail
        defer { self.mail = nil }
        prepare(mail, &recipients)
        guard easy.isUsable else {
            return .failed(.refused("libcurl does not take this server's settings: check the host, the proxy and `ca`."))
        }
        var code = perform(mail)
        if wasStale(code) {
            easy.set(CURLOPT_FRESH_CONNECT, flag: true)
            code = perform(mail)
        }
        return result(of: code)
    }

    private func perform(_ mail: SMTPMail) -> CURLcode {
        taken = 0
        conversation.begin(needsUTF8: mail.needsUTF8)
        return curl_easy_perform(easy.raw)
    }

    /// The kept connection was dead before the mail began: the server had closed it, perhaps with 421.
    private func wasStale(_ code: CURLcode) -> Bool {
        guard code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING else { return false }
        return easy.long(CURLINFO_NUM_CONNECTS) == 0 && !conversation.contentWasAsked
            && (conversation.code == 0 || conversation.code == 421)
            && !isCancelled.load(ordering: .relaxed)
    }

    // MARK: Options

    private func prepare(_ mail: SMTPMail, _ recipients: inout UnsafeMutablePointer<curl_slist>?) {
        curl_easy_reset(easy.raw)
        easy = EasyHandle(easy.raw)
        let context = Unmanaged.passUnretained(self).toOpaque()
        easy.setHouseRules(protocols: "smtp,smtps", ca: server.ca, proxy: server.proxy)
        if server.proxy != nil { easy.set(CURLOPT_HTTPPROXYTUNNEL, flag: true) }
        easy.set(CURLOPT_URL, server.url)
        // ALL: where STARTTLS is missing or fails, nothing more is said.
        let tls = server.requiresTLS || server.implicitTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE
        easy.set(CURLOPT_USE_SSL, Int(tls.rawValue))
        prepareLogin()
        prepareTimes()
        easy.set(CURLOPT_MAIL_FROM, mail.sender)
        easy.set(CURLOPT_MAIL_RCPT, list: recipients)
        easy.set(CURLOPT_UPLOAD, flag: true)
        easy.set(CURLOPT_INFILESIZE_LARGE, offset: mail.content.count)
        easy.set(CURLOPT_READFUNCTION, function: sendContent)
        easy.set(CURLOPT_READDATA, context: context)
        easy.set(CURLOPT_HEADERFUNCTION, function: hearReply)
        easy.set(CURLOPT_HEADERDATA, context: context)
        easy.set(CURLOPT_WRITEFUNCTION, function: dropData)
        // The debug callback shows each command as it goes out; it takes the place of libcurl's own output, and nothing is logged.
        easy.set(CURLOPT_VERBOSE, flag: true)
        easy.note(ccurl_set_debug_function(easy.raw, sayCommand))
        easy.set(CURLOPT_DEBUGDATA, context: context)
        easy.set(CURLOPT_NOPROGRESS, flag: false)
        easy.note(ccurl_set_progress_function(easy.raw, goOn))
        easy.set(CURLOPT_XFERINFODATA, context: context)
        let table = Unmanaged.passUnretained(sockets).toOpaque()
        easy.note(ccurl_set_socket_function(easy.raw, openedSocket))
        easy.set(CURLOPT_SOCKOPTDATA, context: context)
        easy.note(ccurl_set_close_function(easy.raw, closeSocket))
        easy.set(CURLOPT_CLOSESOCKETDATA, context: table)
        easy.set(CURLOPT_MAXCONNECTS, 1)
    }

    private func prepareLogin() {
        guard let username = server.username, let password = server.password else { return }
        easy.set(CURLOPT_USERNAME, username)
        if let mechanism = server.mechanism { easy.set(CURLOPT_LOGIN_OPTIONS, "AUTH=" + mechanism) }
        easy.set(server.mechanism == "XOAUTH2" ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD, password)
    }

    private func prepareTimes() {
        easy.set(CURLOPT_TIMEOUT_MS, Curl.milliseconds(server.timeout))
        // Greeting, EHLO, TLS and the login belong to it, and servers take their time over the greeting on purpose.
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, Curl.milliseconds(server.timeout))
        easy.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, max(1, Curl.milliseconds(server.timeout) / 1000 - 1))
        easy.set(CURLOPT_MAXAGE_CONN, Int(Self.maximumIdle))
    }

    // MARK: Results

    private func result(of code: CURLcode) -> SMTPResult {
        // All of the content is in libcurl's hands, and so the final dot may be in the server's.
        let mayHaveArrived = conversation.contentWasAsked && taken == mail?.content.count
        if code == CURLE_OK || (code == CURLE_WEIRD_SERVER_REPLY && mayHaveArrived && (200..<300).contains(conversation.code)) {
            return .accepted(reply: server.presentable(conversation.reply))
        }
        switch conversation.veto {
        case .noLogin:
            return .failed(
                TransportFailure(
                    kind: .notAuthenticated, mayHaveArrived: false, curlCode: Int(code.rawValue),
                    detail: "The server does not offer to log in, and a user name is set: nothing was sent."))
        case .noUTF8:
            return .failed(
                TransportFailure(
                    kind: .refusedHere, mayHaveArrived: false, curlCode: Int(code.rawValue),
                    detail: "An address has letters beyond ASCII before the `@`, and the server does not take them (no SMTPUTF8)."))
        case nil: break
        }
        let isTLS = code == CURLE_USE_SSL_FAILED || code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR
        if (400..<600).contains(conversation.code), !isTLS {
            return .rejected(code: conversation.code, step: conversation.step, reply: server.presentable(conversation.reply))
        }
        if isCancelled.load(ordering: .relaxed) { return .failed(.cancelled(mayHaveArrived: mayHaveArrived)) }
        return .failed(TransportFailure(curl: code, easy: easy, mayHaveArrived: mayHaveArrived))
    }

    // MARK: What libcurl calls

    fileprivate func fill(_ buffer: UnsafeMutableRawPointer, _ room: Int) -> Int {
        guard let mail else { return Int(CURL_READFUNC_ABORT) }
        let count = min(room, mail.content.count - taken)
        mail.content.withUnsafeBytes { content in
            if count > 0, let base = content.baseAddress { memcpy(buffer, base + taken, count) }
        }
        taken += count
        return count
    }

    fileprivate func hear(_ line: UnsafeRawBufferPointer) -> Bool { conversation.hear(line) }

    fileprivate func say(_ line: UnsafeRawBufferPointer) {
        conversation.say(line)
        if conversation.quitWasSaid { sockets.shutDown(after: 1) }
    }

    fileprivate func opened(_ socket: Int32) {
        conversation.connect()
        sockets.opened(socket)
    }
}

private func connection(_ context: UnsafeMutableRawPointer) -> SMTPConnection {
    Unmanaged<SMTPConnection>.fromOpaque(context).takeUnretainedValue()
}

private func sendContent(_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?) -> Int {
    guard let buffer, let context else { return Int(CURL_READFUNC_ABORT) }
    return connection(context).fill(buffer, size * count)
}

private func hearReply(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?) -> Int {
    guard let bytes, let context else { return size * count }
    return connection(context).hear(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private func dropData(_: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _: UnsafeMutableRawPointer?) -> Int {
    size * count
}

private func sayCommand(
    _: UnsafeMutableRawPointer?, _ type: curl_infotype, _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard type == CURLINFO_HEADER_OUT, let bytes, let context else { return 0 }
    connection(context).say(UnsafeRawBufferPointer(start: bytes, count: size))
    return 0
}

private func goOn(_ context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t) -> Int32 {
    guard let context else { return 0 }
    return connection(context).isCancelled.load(ordering: .relaxed) ? 1 : 0
}

private func openedSocket(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _: curlsocktype) -> Int32 {
    guard let context else { return CURL_SOCKOPT_OK }
    connection(context).opened(socket)
    return CURL_SOCKOPT_OK
}

private func closeSocket(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> Int32 {
    guard let context else { return close(socket) }
    return Unmanaged<SMTPSockets>.fromOpaque(context).takeUnretainedValue().close(socket)
}
