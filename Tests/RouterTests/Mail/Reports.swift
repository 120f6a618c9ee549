// Reports of non-delivery as mail servers write them, each in its own manner.

enum Reports {
    static let token = "0123456789abcdef0123456789abcdef"

    static let postfix = """
        Return-Path: <>
        Date: Tue, 24 Nov 2026 04:00:12 +0000 (UTC)
        From: MAILER-DAEMON@mail.example.com (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        To: incidents@example.com
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        \tboundary="1A2B3C4D5E.1795521612/mail.example.com"
        Message-Id: <20261124040012.9F00D2@mail.example.com>

        This is a MIME-encapsulated message.

        --1A2B3C4D5E.1795521612/mail.example.com
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        This is the mail system at host mail.example.com.

        <gone@example.net>: host mx.example.net[192.0.2.7] said: 550 5.1.1
            <gone@example.net>: Recipient address rejected: User unknown (in reply to RCPT TO command)

        --1A2B3C4D5E.1795521612/mail.example.com
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.example.com
        X-Postfix-Queue-ID: 1A2B3C4D5E
        X-Postfix-Sender: rfc822; incidents@example.com
        Arrival-Date: Tue, 24 Nov 2026 04:00:11 +0000 (UTC)

        Final-Recipient: rfc822; gone@example.net
        Original-Recipient: rfc822;gone@example.net
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; mx.example.net
        Diagnostic-Code: smtp; 550 5.1.1 <gone@example.net>: Recipient address
            rejected: User unknown

        --1A2B3C4D5E.1795521612/mail.example.com
        Content-Description: Undelivered Message Headers
        Content-Type: text/rfc822-headers

        Return-Path: <incidents@example.com>
        Date: Tue, 24 Nov 2026 04:00:11 +0000
        From: Incidents <incidents@example.com>
        To: gone@example.net
        Subject: INC1 down
        Message-ID: <\(token)@example.com>

        --1A2B3C4D5E.1795521612/mail.example.com--
        """

    /// Exim: no Original-Recipient, a status that says little, the whole mail given back.
    static let exim = """
        From MAILER-DAEMON Tue Nov 24 04:00:12 2026
        Received: from Debian-exim by mx.example.org with local (Exim 4.96) id 1abcde-0001aB-2C
        X-Failed-Recipients: gone@example.net
        Auto-Submitted: auto-replied
        From: Mail Delivery System <Mailer-Daemon@mx.example.org>
        To: incidents@example.com
        References: <\(token)@example.com>
        Content-Type: multipart/report; report-type=delivery-status; boundary=1795521612-eximdsn-123456789
        MIME-Version: 1.0
        Subject: Mail delivery failed: returning message to sender
        Message-Id: <E1abcde-0001aB-2C@mx.example.org>

        --1795521612-eximdsn-123456789
        Content-type: text/plain; charset=us-ascii

        This message was created automatically by mail delivery software.

        --1795521612-eximdsn-123456789
        Content-type: message/delivery-status

        Reporting-MTA: dns; mx.example.org

        Action: failed
        Final-Recipient: rfc822;gone@example.net
        Status: 5.0.0
        Remote-MTA: dns; mx.example.net
        Diagnostic-Code: smtp; 550 no such user here

        --1795521612-eximdsn-123456789
        Content-type: message/rfc822

        Return-path: <incidents@example.com>
        Message-ID: <\(token)@example.com>
        Subject: INC1 down

        The body.

        --1795521612-eximdsn-123456789--
        """

    /// Exchange: nested, folded differently, the report in base 64, codes of its own.
    static let exchange = """
        From: postmaster@example.net
        To: incidents@example.com
        Date: Tue, 24 Nov 2026 04:00:12 +0000
        Content-Type: multipart/report; report-type=delivery-status;\u{20}
         boundary="9B095B5ADSN=_01DB3E1A2B3C4D5E000012AB_EXCH01"
        Content-Language: de-DE
        Message-ID: <b7a6@exch01.example.net>
        In-Reply-To: <\(token)@example.com>
        Subject: =?utf-8?B?VW56dXN0ZWxsYmFyOiBJTkMx?=

        --9B095B5ADSN=_01DB3E1A2B3C4D5E000012AB_EXCH01
        Content-Type: multipart/alternative; differences=Content-Type; boundary="inner"

        --inner
        Content-Type: text/plain; charset="utf-8"

        Fehler bei der Nachrichtenzustellung.

        --inner--

        --9B095B5ADSN=_01DB3E1A2B3C4D5E000012AB_EXCH01
        Content-Type: message/delivery-status
        Content-Transfer-Encoding: base64

        UmVwb3J0aW5nLU1UQTogZG5zO0VYQ0gwMS5leGFtcGxlLm5ldA0KDQpGaW5hbC1yZWNpcGllbnQ6IFJG
        QzgyMjtnb25lQGV4YW1wbGUubmV0DQpBY3Rpb246IGZhaWxlZA0KU3RhdHVzOiA1LjEuMTANCkRpYWdu
        b3N0aWMtY29kZTogc210cDs1NTAgNS4xLjEwIFJFU09MVkVSLkFEUi5SZWNpcGllbnROb3RGb3VuZA0K

        --9B095B5ADSN=_01DB3E1A2B3C4D5E000012AB_EXCH01--
        """

    /// With CRLF, as on the wire.
    static func wire(_ text: String) -> [UInt8] { Array(text.replacing("\n", with: "\r\n").utf8) }
}
