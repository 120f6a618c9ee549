// HTTP out. One thread drives every transfer; callers wait in their continuations and hold no thread.
//
// Invariants: a request is written to a connection at most once (never sent again behind the caller's back); no redirects, no
// proxies from the environment, TLS always verified; each continuation is resumed exactly once, also by cancellation and `close`.

/// Sends HTTP requests and keeps connections for the next ones. HTTP/1.1 only.
///
/// More requests to one destination than their `connections` wait for their turn, in order, and their waiting counts against
/// their timeout. None begins with less than half of its timeout left (or 2 s, where that is less): it would be sent, end
/// without an answer and be in doubt. It fails as not sent instead. A destination that hangs holds up no other, also not on
/// the same host. How many requests are in flight in all is for the caller to bound.
public final class HTTPClient: Sendable {
    /// Bytes of an answer that are kept; the rest is read and dropped.
    public static let maximumAnswer = 65_536

    private let loop: HTTPLoop

    /// Starts the client's thread.
    public init() {
        loop = HTTPLoop()
        loop.start()
    }

    deinit {
        loop.inbox.close(nil)
    }

    /// Sends one request and waits for its end, at most `request.timeout` seconds. Cancelling the task ends the transfer.
    public func send(_ request: HTTPRequest) async -> HTTPResult {
        if let failure = request.refusal { return .failed(failure) }
        let transfer = HTTPTransfer(request)
        let inbox = loop.inbox
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.continuation = continuation
                if !inbox.put(.start(transfer)) { transfer.complete(.failed(.cancelled(mayHaveArrived: false))) }
            }
        } onCancel: {
            _ = inbox.put(.cancel(transfer))
        }
    }

    /// Ends what is in flight with `.cancelled`, closes the connections and ends the thread. Later requests fail at once.
    public func close() async {
        await withCheckedContinuation { loop.inbox.close($0) }
    }
}
