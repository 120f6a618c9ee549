// Outcomes gather under load; nobody else waits for that. The inbox gathers for an hour here, so that whatever comes
// back at all has not waited for the end of it.

import Foundation
import Testing

@testable import Ledger

@Suite(.timeLimit(.minutes(1))) struct GatheringTests {
    private let inbox = WriterInbox(gathering: 3_600_000)

    /// The next batch of a writer that was busy a moment ago.
    private func next() -> Task<WriterBatch?, Never> {
        Task {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { [inbox] in continuation.resume(returning: inbox.next(isBusy: true)) }
            }
        }
    }

    /// A call with one outcome, put in already.
    private func outcome() -> Task<Bool, Never> {
        Task {
            let answer: Result<Recorded, LedgerError> = await withCheckedContinuation { reply in
                if !inbox.put({ $0.outcomes.append(OutcomeCall(records: [accepted(1)], reply: reply)) }) {
                    reply.resume(returning: .failure(.closed("x")))
                }
            }
            return (try? answer.get()) != nil
        }
    }

    private func waiting(_ count: Int) async {
        while inbox.depth < count { await Task.yield() }
    }

    @Test func anArrivalIsNotDelayed() async throws {
        let batch = next()
        let recorded = outcome()
        await waiting(1)
        let accepting = Task {
            let prepared = PreparedArrival(arrival(try event("e1")))
            await inbox.reserve(prepared.size)
            let answer: Result<[Receipt], LedgerError> = await withCheckedContinuation { reply in
                if !inbox.put({ $0.arrivals.append(ArrivalCall(arrivals: [prepared], reply: reply)) }) {
                    reply.resume(returning: .failure(.closed("x")))
                }
            }
            return try answer.get().count
        }
        let taken = try #require(await batch.value)
        #expect((taken.outcomes.count, taken.arrivals.count) == (1, 1))
        for call in taken.outcomes { call.reply.resume(returning: .success(Recorded())) }
        for call in taken.arrivals { call.reply.resume(returning: .success([.duplicate])) }
        #expect(await recorded.value)
        #expect(try await accepting.value == 1)
    }

    @Test func aTaskOrEnoughOutcomesEndIt() async throws {
        let batch = next()
        let calls = (0..<WriterInbox.enoughOutcomes).map { _ in outcome() }
        let taken = try #require(await batch.value)
        #expect(taken.outcomes.count == WriterInbox.enoughOutcomes)
        for call in taken.outcomes { call.reply.resume(returning: .success(Recorded())) }
        for call in calls { #expect(await call.value) }
        let second = next()
        #expect(inbox.put { $0.tasks.append(WriterTask { _, _ in }) })
        #expect(await second.value?.tasks.count == 1)
    }

    @Test func closingEndsItAndLosesNothing() async throws {
        let batch = next()
        let recorded = outcome()
        await waiting(1)
        inbox.close()
        let taken = try #require(await batch.value)
        #expect(taken.outcomes.count == 1)
        for call in taken.outcomes { call.reply.resume(returning: .success(Recorded())) }
        #expect(await recorded.value)
        #expect(await next().value == nil)
        #expect(await !outcome().value)
    }
}
