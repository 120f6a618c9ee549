// How far a broadcast has come, on a terminal, until all has gone out.

import Dispatch
import Foundation
import Glibc
import Ledger
import Routing
import Settings

struct BroadcastProgress {
    /// Seconds between two looks.
    private static let grain = 1.0

    private let id: String
    private let by: String
    private let option: ConfigOption

    init(id: String, by: String, _ option: ConfigOption) {
        self.id = id
        self.by = by
        self.option = option
    }

    /// Says so once a second; nothing where nobody watches, or nothing can happen.
    func show(_ configuration: RouterConfiguration) async throws {
        guard Terminal.isInteractive, EventDraft.isRouterRunning(configuration) else { return }
        let interruption = Self.onInterrupt { [id, by] in
            Terminal.complain("\nIt goes on. To stop it: tocsin broadcast stop \(id) --by \(by)", prefix: "")
        }
        defer { interruption.cancel() }
        while true {
            try? await Task.sleep(for: .seconds(Self.grain))
            guard let ledger = try option.ledgerIfAny(configuration) else { continue }
            let row = try await option.closing(ledger) { [id] in try await $0.broadcast(id) }
            guard let row else { continue }
            Terminal.ask("\r\u{1B}[K\(Self.line(row))")
            if !row.isUnderWay || row.broadcast.state == .waiting || row.broadcast.state == .cooling { break }
        }
        Terminal.complain("", prefix: "")
    }

    /// `sending: 1200 delivered, 300 waiting, 2 failed`.
    static func line(_ row: BroadcastRow) -> String {
        var words = ["\(row.count(.delivered)) delivered", "\(row.count(.pending, .retrying)) waiting"]
        if row.count(.held) > 0 { words.append("\(row.count(.held)) held") }
        words.append("\(row.count(.dead, .unknown, .expired)) failed")
        return "\(row.broadcast.state.rawValue): \(words.joined(separator: ", "))"
    }

    private static func onInterrupt(_ body: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            body()
            exit(130)
        }
        source.resume()
        return source
    }
}
