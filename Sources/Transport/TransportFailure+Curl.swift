// What a CURLcode means, in our own words: libcurl's error text may hold URLs and never leaves it.

import CCurl
import Glibc

extension TransportFailure {
    /// The failure for a CURLcode; `easy` still holds the transfer's facts.
    init(curl code: CURLcode, easy: EasyHandle, mayHaveArrived: Bool) {
        let (kind, words) = Self.meaning(of: code, easy: easy)
        self.init(kind: kind, mayHaveArrived: mayHaveArrived, curlCode: Int(code.rawValue), detail: words)
    }

    /// libcurl was never asked.
    static func refused(_ detail: String) -> TransportFailure {
        TransportFailure(kind: .refusedHere, mayHaveArrived: false, curlCode: 0, detail: detail)
    }

    static func cancelled(mayHaveArrived: Bool) -> TransportFailure {
        TransportFailure(kind: .cancelled, mayHaveArrived: mayHaveArrived, curlCode: 0, detail: "The transfer was cancelled.")
    }

    private static func meaning(of code: CURLcode, easy: EasyHandle) -> (Kind, String) {
        switch code {
        case CURLE_UNSUPPORTED_PROTOCOL:
            return (.other, "The peer's answer is not of the protocol that was spoken, or the address names another protocol.")
        case CURLE_URL_MALFORMAT: return (.refusedHere, "The address is not a usable URL.")
        case CURLE_COULDNT_RESOLVE_PROXY: return (.nameNotResolved, "The proxy's host name does not resolve.")
        case CURLE_COULDNT_RESOLVE_HOST: return (.nameNotResolved, "The host name does not resolve.")
        case CURLE_COULDNT_CONNECT: return (.connectFailed, "The connection could not be made" + systemReason(easy) + ".")
        case CURLE_PROXY: return (.connectFailed, "The proxy did not make the connection.")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_BAD_CONTENT_ENCODING:
            return (.other, "The peer's answer cannot be understood.")
        case CURLE_REMOTE_ACCESS_DENIED: return (.other, "The peer denied access.")
        case CURLE_PARTIAL_FILE: return (.connectionLost, "The connection ended in the middle of the answer.")
        case CURLE_OPERATION_TIMEDOUT: return (.timedOut, "The time allowed ran out.")
        case CURLE_SSL_CONNECT_ERROR: return (.tlsFailed, "TLS could not be agreed on.")
        case CURLE_USE_SSL_FAILED: return (.tlsFailed, "The server did not start TLS, and TLS is required: nothing was sent.")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            return (.certificateNotTrusted, certificateReason(easy))
        case CURLE_SSL_CACERT_BADFILE:
            return (.tlsFailed, "The file of certificate authorities cannot be read or holds no certificate: check the path of `ca`.")
        case CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CRL_BADFILE,
            CURLE_SSL_SHUTDOWN_FAILED:
            return (.tlsFailed, "TLS failed on this side.")
        case CURLE_GOT_NOTHING: return (.connectionLost, "The peer closed the connection without an answer.")
        case CURLE_SEND_ERROR: return (.connectionLost, "The connection was lost while sending" + systemReason(easy) + ".")
        case CURLE_RECV_ERROR: return (.connectionLost, "The connection was lost while waiting for the answer" + systemReason(easy) + ".")
        case CURLE_SEND_FAIL_REWIND, CURLE_ABORTED_BY_CALLBACK:
            return (.connectionLost, "The kept connection was closed by the peer as it was used; it was not sent a second time.")
        case CURLE_LOGIN_DENIED: return (.notAuthenticated, "No way to log in was agreed on with the server.")
        case CURLE_FILESIZE_EXCEEDED: return (.tooLarge, "The message or the answer is larger than is taken.")
        case CURLE_OUT_OF_MEMORY: return (.other, "There is not enough memory.")
        default: return (.other, "The transfer failed (libcurl's code \(code.rawValue)).")
        }
    }

    /// The kernel's reason, where there is one: `: Connection refused`.
    private static func systemReason(_ easy: EasyHandle) -> String {
        let number = easy.long(CURLINFO_OS_ERRNO)
        guard number > 0, number < 200, let text = strerror(Int32(number)) else { return "" }
        return ": " + String(cString: text)
    }

    /// From OpenSSL's verify result (x509_vfy.h).
    private static func certificateReason(_ easy: EasyHandle) -> String {
        switch easy.long(CURLINFO_SSL_VERIFYRESULT) {
        case 9: return "The peer's certificate is not valid yet: check both clocks."
        case 10: return "The peer's certificate has expired."
        case 18, 19, 20, 21: return "The peer's certificate is signed by an authority that is not trusted here: check `ca`."
        case 23: return "The peer's certificate was revoked."
        // libcurl checks the name itself, and leaves 0 or 1 (unspecified) there.
        case 0, 1, 62, 64: return "The peer's certificate is for another name."
        case let other: return "The peer's certificate is not trusted (OpenSSL's verify result \(other))."
        }
    }
}
