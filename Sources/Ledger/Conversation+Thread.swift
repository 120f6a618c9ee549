// Where a conversation began, beyond its deliveries: what Slack calls its first message, the subject that its mails share.

import GRDB
import Incidents

extension Conversation {
    /// Where it goes on; nil: it has not begun.
    func thread(_ database: Database) throws -> ThreadRoot? {
        try database.first(Self.thread, key) { ThreadRoot(root: $0.text(0), subject: $0.text(1)) }
    }

    /// What is nil stays as it was.
    func keep(_ thread: ThreadRoot, _ database: Database) throws {
        if thread == ThreadRoot() { return }
        try database.run(Self.keepThread, key + [thread.root?.storable, thread.subject?.storable])
    }

    /// Whether any conversation was kept.
    static func hasThreads(_ database: Database) throws -> Bool { try database.has("SELECT 1 FROM threads LIMIT 1", []) }

    /// Of an incident that is gone.
    static func forgetThreads(of incident: String, _ database: Database) throws {
        try database.run("DELETE FROM threads WHERE incident = ?", [incident])
    }

    private static let thread = "SELECT root, subject FROM threads WHERE \(condition)"
    private static let keepThread = """
        INSERT INTO threads (incident, channel, address, root, subject) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (incident, channel, address) DO UPDATE SET root = ifnull(excluded.root, root), \
        subject = ifnull(excluded.subject, subject)
        """
}

extension ChannelKind {
    /// Whether messages of this kind may go on where earlier ones began.
    var hasThreads: Bool { self == .slack || self == .email }
}
