// What channels need of a transport. The real ones are Transport's HTTPClient and SMTPClient; tests script others.

import Transport

/// Makes one HTTP exchange, bounded by the request's timeout.
package protocol HTTPSending: Sendable {
    func send(_ request: HTTPRequest) async -> HTTPResult
}

/// Hands over one mail, bounded by the server's timeout.
package protocol MailSending: Sendable {
    func send(_ mail: SMTPMail, to server: SMTPServer) async -> SMTPResult
}
