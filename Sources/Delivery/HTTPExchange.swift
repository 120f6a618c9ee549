// What the channels over HTTP share: making a request with the channel's options, and turning what came back into a
// report without secrets.

import Foundation
import JSON
import Settings
import Transport

/// One channel's way of talking HTTP.
struct HTTPExchange: Sendable {
    let http: any HTTPSending
    /// The channel's: what shares connections.
    let destination: String
    let options: ChannelOptions
    let redactor: Redactor

    /// `secrets` and `urls` are what reports must not show; the proxy's URL is one of them.
    init(http: any HTTPSending, destination: String, options: ChannelOptions, secrets: [Secret] = [], urls: [Secret] = []) {
        self.http = http
        self.destination = destination
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
                method: method, url: url.reveal(),
                headers: headers + [("Idempotency-Key", token), ("User-Agent", "tocsin")] + trace(beside: headers), body: body,
                timeout: timeout ?? options.timeout, ca: options.ca, proxy: options.proxy?.reveal(), destination: destination,
                connections: options.concurrency))
    }

    /// The trace that the attempt belongs to, where the request does not name one of its own.
    private func trace(beside headers: [(name: String, value: String)]) -> [(name: String, value: String)] {
        guard let trace = TraceContext.current, !headers.contains(where: { $0.name.lowercased() == "traceparent" }) else { return [] }
        return trace.headers
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
        // With an acceptance, `Retry-After` is no pause: Logic Apps say with a 202 when to ask for the result.
        if case .accepted = outcome { return report }
        report.pause = OutcomePolicy.clamped(response.retryAfter)
        report.detail = redactor.detail(response.body)
        return report
    }
}

/// Counts down the seconds of one attempt that makes more than one request.
struct AttemptTime: Sendable {
    private let start: ContinuousClock.Instant
    let seconds: TimeInterval

    init(_ seconds: TimeInterval, since start: ContinuousClock.Instant = .now) {
        self.seconds = seconds
        self.start = start
    }

    /// Seconds left, not below 0.
    var remaining: TimeInterval {
        let spent = ContinuousClock.now - start
        return max(0, seconds - TimeInterval(spent.components.seconds) - TimeInterval(spent.components.attoseconds) / 1e18)
    }

    /// Seconds for something that may be left out, so that the share `kept` of all remains afterwards; nil: none are left.
    func spare(keeping kept: Double) -> TimeInterval? {
        let spare = remaining - seconds * kept
        return spare >= min(1, seconds / 10) ? spare : nil
    }

    /// Seconds left; nil with less than half of all left (or 2 s, where that is less): another request would be sent and
    /// then end without an answer, in doubt.
    var left: TimeInterval? {
        let left = remaining
        return left >= min(2, seconds / 2) ? left : nil
    }
}
