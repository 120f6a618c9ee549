// Transports that answer from a list, and remember what they were given.

import Foundation
import Synchronization
import Transport

@testable import Delivery

/// Answers in order, the last one for ever; `answer` sees the request.
final class ScriptedHTTP: HTTPSending {
    private let answers: [@Sendable (HTTPRequest) -> HTTPResult]
    private let seen = Mutex<[HTTPRequest]>([])

    init(_ answers: [HTTPResult]) { self.answers = answers.map { answer in { _ in answer } } }
    init(echo: @escaping @Sendable (HTTPRequest) -> HTTPResult) { answers = [echo] }

    var requests: [HTTPRequest] { seen.withLock { $0 } }

    func send(_ request: HTTPRequest) async -> HTTPResult {
        let index = seen.withLock { seen in
            seen.append(request)
            return min(seen.count, answers.count) - 1
        }
        guard answers.indices.contains(index) else {
            return .failed(TransportFailure(kind: .other, mayHaveArrived: false, curlCode: 0, detail: "no answer was scripted"))
        }
        return answers[index](request)
    }
}

final class ScriptedMail: MailSending {
    private let answer: @Sendable (SMTPMail, SMTPServer) -> SMTPResult
    private let seen = Mutex<[(mail: SMTPMail, server: SMTPServer)]>([])

    init(_ answer: SMTPResult) { self.answer = { _, _ in answer } }
    init(echo: @escaping @Sendable (SMTPMail, SMTPServer) -> SMTPResult) { answer = echo }

    var mails: [(mail: SMTPMail, server: SMTPServer)] { seen.withLock { $0 } }

    func send(_ mail: SMTPMail, to server: SMTPServer) async -> SMTPResult {
        seen.withLock { $0.append((mail, server)) }
        return answer(mail, server)
    }
}

/// Says that it was called, and returns when its task is cancelled.
final class Hanging: HTTPSending, MailSending {
    let mayHaveArrived: Bool
    private let started = AsyncStream.makeStream(of: Void.self)

    init(mayHaveArrived: Bool) { self.mayHaveArrived = mayHaveArrived }

    func waitUntilCalled() async {
        for await _ in started.stream { return }
    }

    private func hang() async -> TransportFailure {
        started.continuation.yield()
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        await withTaskCancellationHandler {
            for await _ in stream {}
        } onCancel: {
            continuation.finish()
        }
        return TransportFailure(kind: .cancelled, mayHaveArrived: mayHaveArrived, curlCode: 0, detail: "cancelled")
    }

    func send(_ request: HTTPRequest) async -> HTTPResult { .failed(await hang()) }
    func send(_ mail: SMTPMail, to server: SMTPServer) async -> SMTPResult { .failed(await hang()) }
}

func http(_ status: Int, _ body: String = "", retryAfter: TimeInterval? = nil) -> HTTPResult {
    .answered(HTTPResponse(status: status, body: Array(body.utf8), retryAfter: retryAfter))
}
