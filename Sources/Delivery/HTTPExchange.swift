// What the channels over HTTP share: making a request with the channel's options, and turning what came back into a
// report without secrets.

import Configuration
import Foundation
import JSON
import Transport

/// One channel's way of talking HTTP.
struct HTTPExchange: Sendable {
    let http: any HTTPSending
    let options: ChannelOptions
    let redactor: Redactor

    /// `secrets` and `urls` are what reports must not show; the proxy's URL is one of them.
    init(http: any HTTPSending, options: ChannelOptions, secrets: [Secret] = [], urls: [Secret] = []) {
        self.http = http
        self.options = options
        redactor = Redactor(secrets: secrets, urls: urls + (options.proxy.map { [$0] } ?? []))
    }

    /// Sends one request. Every attempt of a delivery carries the same `Idempotency-Key`, for peers that look at it.
    func send(
        method: String = "POST", _ url: Secret, headers: [(name: String, value: String)], body: [UInt8], token: String,
        timeout: TimeInterval? = nil
    ) async -> HTTPResult {
        await http.send(
            HTTPRequest(
                method: method, url: url.reveal(), headers: headers + [("Idempotency-Key", token), ("User-Agent", "tocsin")], body: body,
                timeout: timeout ?? options.timeout, ca: options.ca, proxy: options.proxy?.reveal()))
    }

    /// Posts a JSON document.
    func post(
        _ document: JSONValue, to url: Secret, headers: [(name: String, value: String)] = [], token: String, timeout: TimeInterval? = nil
    ) async -> HTTPResult {
        await send(
            url, headers: [("Content-Type", "application/json; charset=utf-8")] + headers, body: document.bytes, token: token,
            timeout: timeout)
    }

    /// The report on an exchange without an answer.
    func report(_ failure: TransportFailure) -> AttemptReport {
        AttemptReport(
            OutcomePolicy.failure(failure), code: failure.curlCode == 0 ? nil : "curl \(failure.curlCode)",
            detail: redactor.detail(failure.detail))
    }

    /// The report on an answer; what the peer said is shown only where it did not accept.
    func report(_ outcome: Outcome, _ response: HTTPResponse, code: String? = nil) -> AttemptReport {
        var report = AttemptReport(outcome, code: code.flatMap { redactor.detail($0) } ?? String(response.status))
        if case .accepted = outcome { return report }
        report.detail = redactor.detail(response.body)
        return report
    }
}

/// Counts down the seconds of one attempt that makes more than one request.
struct AttemptTime: Sendable {
    private let start = ContinuousClock.now
    let seconds: TimeInterval

    init(_ seconds: TimeInterval) { self.seconds = seconds }

    /// Seconds left; nil where another request is not worth it.
    var left: TimeInterval? {
        let spent = ContinuousClock.now - start
        let left = seconds - TimeInterval(spent.components.seconds) - TimeInterval(spent.components.attoseconds) / 1e18
        return left > 0.2 ? left : nil
    }
}
