// SMTP out. libcurl waits for the reply to the final dot (and to QUIT) inside the call, so a slow server would hold up a multi
// handle: mails have threads of their own, one for each mail under way, which come when needed and go when idle.
//
// Invariants: nothing is said in clear where TLS is required; no mail without the login that was asked for; one transaction for one
// recipient; a mail whose final dot may have arrived is never sent again here; each continuation is resumed exactly once.

/// Hands mails to SMTP servers and keeps connections for the next ones.
public final class SMTPClient: Sendable {
    private let workers: SMTPWorkers

    /// `threads` may always be there at once; where all of them wait for servers, up to 32 in all are made (more where `threads` is more).
    public init(threads: Int = 4) {
        workers = SMTPWorkers(maximum: max(32, threads))
    }

    deinit {
        workers.close(nil)
    }

    /// Sends one mail. Bounded by `server.timeout` from the moment a thread takes it, and by as much again for waiting until then.
    /// Cancelling the task ends the transfer.
    public func send(_ mail: SMTPMail, to server: SMTPServer) async -> SMTPResult {
        if let failure = mail.refusal(for: server) { return .failed(failure) }
        let job = SMTPJob(mail, server)
        let workers = workers
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                workers.submit(job, continuation)
            }
        } onCancel: {
            workers.cancel(job)
        }
    }

    /// Ends what is in flight with `.cancelled`, closes the connections and ends the threads. Later mails fail at once.
    public func close() async {
        await withCheckedContinuation { workers.close($0) }
    }
}
