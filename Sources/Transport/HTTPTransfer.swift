// One request on its way. Made by the caller, then touched by the loop's thread alone (the callbacks below run there).

import CCurl
import Glibc

/// A request, the answer so far, and who waits for it.
///
/// `@unchecked Sendable`: the inbox hands it from the caller to the loop; nobody else reads or writes it.
final class HTTPTransfer: @unchecked Sendable {
    enum Stage {
        case new
        case waiting
        case running
        case done
    }

    let request: HTTPRequest
    var continuation: CheckedContinuation<HTTPResult, Never>?
    var stage = Stage.new
    /// Set by a cancellation that came before the start.
    var isCancelled = false
    /// Monotonic seconds.
    var deadline: Double = 0
    /// Monotonic seconds: what begins later is likely to be sent and then to end without an answer, which leaves it in doubt.
    var latestStart: Double { deadline - min(2, request.timeout / 2) }
    var lane: HTTPLane?

    private(set) var easy: EasyHandle?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var hasBegun = false
    /// libcurl wanted to send it once more, after some of it had gone out.
    private var wasSentInVain = false
    /// Header bytes sent before the request itself (a proxy's CONNECT).
    private var sentBefore = 0
    private var answer: [UInt8] = []
    private var answerLength = 0

    init(_ request: HTTPRequest) {
        self.request = request
    }

    /// Sets everything on a handle that is new or reset. The transfer must outlive its time in the multi handle.
    func prepare(_ handle: EasyHandle, remaining: Double) -> EasyHandle {
        var easy = handle
        let context = Unmanaged.passUnretained(self).toOpaque()
        easy.setHouseRules(protocols: "http,https", ca: request.ca, proxy: request.proxy)
        easy.set(CURLOPT_URL, request.url)
        easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        easy.set(CURLOPT_PRIVATE, context: context)
        easy.set(CURLOPT_TIMEOUT_MS, Curl.milliseconds(remaining))
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, Curl.milliseconds(min(remaining, 5)))
        // Messages are small; libcurl's own 64 KiB would be allocated and given back to the kernel for each.
        easy.set(CURLOPT_BUFFERSIZE, 16_384)
        easy.set(CURLOPT_UPLOAD_BUFFERSIZE, 16_384)
        easy.set(CURLOPT_WRITEFUNCTION, function: receiveAnswer)
        easy.set(CURLOPT_WRITEDATA, context: context)
        easy.note(ccurl_set_prereq_function(easy.raw, beginRequest))
        easy.set(CURLOPT_PREREQDATA, context: context)
        setMethod(&easy)
        setHeaders(&easy)
        self.easy = easy
        return easy
    }

    private func setMethod(_ easy: inout EasyHandle) {
        switch request.method {
        case "GET": easy.set(CURLOPT_HTTPGET, flag: true)
        case "HEAD": easy.set(CURLOPT_NOBODY, flag: true)
        default:
            easy.set(CURLOPT_POST, flag: true)
            if request.method != "POST" { easy.set(CURLOPT_CUSTOMREQUEST, request.method) }
            easy.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: request.body.count)
            // Copied, and so sent together with the headers: a body that libcurl has to ask for goes out by itself.
            request.body.withUnsafeBytes { body in
                easy.set(CURLOPT_COPYPOSTFIELDS, context: body.baseAddress.map(UnsafeMutableRawPointer.init(mutating:)) ?? easy.raw)
            }
        }
    }

    private func setHeaders(_ easy: inout EasyHandle) {
        append("Expect:")
        var hasType = false
        for header in request.headers {
            // `Name;` is libcurl's spelling of a header without a value; `Name:` would remove it.
            append(header.value.allSatisfy { $0 == " " || $0 == "\t" } ? header.name + ";" : header.name + ": " + header.value)
            if header.name.count == 12, header.name.lowercased() == "content-type" { hasType = true }
        }
        // libcurl would claim a form.
        if request.sendsBody, !hasType { append("Content-Type:") }
        easy.set(CURLOPT_HTTPHEADER, list: headerList)
    }

    private func append(_ line: String) {
        guard let longer = curl_slist_append(headerList, line) else { return }
        headerList = longer
    }

    /// The request may be in the peer's hands: all of the body was written to the connection, or, without a body, the headers were.
    var mayHaveArrived: Bool {
        guard hasBegun, let easy else { return false }
        if wasSentInVain { return true }
        if request.body.isEmpty { return easy.long(CURLINFO_REQUEST_SIZE) > sentBefore }
        return easy.offset(CURLINFO_SIZE_UPLOAD_T) == request.body.count
    }

    /// What the transfer's end means.
    func result(of code: CURLcode) -> HTTPResult {
        guard let easy else { return .failed(.cancelled(mayHaveArrived: false)) }
        // Whoever sends more than is kept has answered, even where the rest never ends. So has whoever declined: the status
        // says so, whatever keeps the rest from coming. (Not a proxy's status: nothing has begun then.)
        let hasDeclined = hasBegun && easy.long(CURLINFO_RESPONSE_CODE) >= 400
        let isAnswered = code == CURLE_OK || answerLength > HTTPClient.maximumAnswer || hasDeclined
        guard isAnswered else { return .failed(TransportFailure(curl: code, easy: easy, mayHaveArrived: mayHaveArrived)) }
        let wait = easy.offset(CURLINFO_RETRY_AFTER)
        return .answered(
            HTTPResponse(
                status: easy.long(CURLINFO_RESPONSE_CODE), body: answer, retryAfter: wait > 0 ? Double(wait) : nil,
                connects: easy.long(CURLINFO_NUM_CONNECTS)))
    }

    /// Resumes the waiter, once; frees what libcurl needed.
    func complete(_ result: HTTPResult) {
        stage = .done
        easy = nil
        curl_slist_free_all(headerList)
        headerList = nil
        continuation?.resume(returning: result)
        continuation = nil
    }

    // MARK: What libcurl calls

    /// Zero, which stops the transfer, where the peer goes on and on.
    fileprivate func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        answerLength += bytes.count
        let room = HTTPClient.maximumAnswer - answer.count
        if room > 0 { answer.append(contentsOf: bytes.prefix(room)) }
        return answerLength > 16 * HTTPClient.maximumAnswer ? 0 : bytes.count
    }

    /// Before the request is written to a connection. A second time is libcurl's own retry: only if nothing went out the first time.
    fileprivate func begin() -> Bool {
        let sent = easy?.long(CURLINFO_REQUEST_SIZE) ?? 0
        if hasBegun, sent > sentBefore {
            wasSentInVain = true
            return false
        }
        hasBegun = true
        sentBefore = sent
        return true
    }
}

private func transfer(_ context: UnsafeMutableRawPointer) -> HTTPTransfer {
    Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
}

private func receiveAnswer(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?) -> Int {
    guard let bytes, let context else { return size * count }
    return transfer(context).receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
}

private func beginRequest(
    _ context: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<CChar>?, _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32
) -> Int32 {
    guard let context else { return CURL_PREREQFUNC_ABORT }
    return transfer(context).begin() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
