// The tables. `user_version` counts the migrations; a new one is added to the end and never changed once released.
// Times are microseconds since 1970. Documents are JSON in UTF-8. What is PostgreSQL's as well is preferred.

import Foundation
import GRDB
import Routing

enum LedgerSchema {
    /// "Tocs": marks the file as ours.
    static let applicationID: Int32 = 0x546F_6373

    static var version: Int { migrations.count }

    /// What may still go out. Partial indexes are found by this very text.
    static let unfinished = "state IN ('pending', 'retrying')"
    /// The head of its conversation, or of none.
    static let ready = "state IN ('pending', 'retrying') AND blocked = 0"
    /// Everything but the two states that nearly all rows are in.
    static let uncommon = "state NOT IN ('pending', 'delivered')"

    /// Events that go by their arrival alone: of no incident, and no standing wish.
    static let loose = "incident IS NULL AND type NOT IN ('subscription', 'silence', 'absence')"

    /// The next way is tried at `fallback_at`.
    static let fallbackWaits = "fallback_at IS NOT NULL AND state IN ('pending', 'retrying')"

    /// Open, and the operators hear of it if nobody touches it.
    static let neglectable = "is_open = 1 AND look_at IS NOT NULL"

    /// Waits on purpose, and has not been released.
    static let held = "state = 'held' AND digest IS NULL"
    /// Has not gone out, for whatever reason, and is in no digest.
    static let waits = "state IN ('held', 'pending', 'retrying') AND digest IS NULL"
    /// Waits for an address that somebody may leave: a room that a channel leads to by itself is none.
    static let addressed = "(kind IN ('email', 'sms') OR recipient <> channel) AND \(waits)"
    /// Its address was suppressed while it waited, and another way to its recipient has not been looked for yet.
    static let astray = "fallback_at IS NOT NULL AND state = 'suppressed'"
    /// Its gateway reports that it did not arrive, and no other way has been looked for yet.
    static let undelivered = "receipt = 'failed' AND fell_back = 0"
    /// Of a delivery `d`: it was taken back because another way got through, and that one did not arrive after all. So nothing has
    /// been said by it, unless an attempt may have arrived.
    static let takenBackInVain = """
        (d.state = 'superseded' AND d.unknowns = 0 AND EXISTS (
            SELECT 1 FROM deliveries s WHERE s.id = d.successor AND s.event = d.event AND s.receipt = 'failed'))
        """
    /// One of many with the same message.
    static let broadcast = "origin = 'broadcast'"
    /// Counts towards its address's throttle.
    static let throttled = "throttled = 1"
    /// Counts towards the limit of whoever hears it.
    static let limited = "limited = 1"

    /// - `deliveries_ready`: SQLite appends the id to every index, so this is (lane, priority, due, id).
    /// - `tallies`: counts that would otherwise need a look at every row; kept by the same transaction.
    /// - A conversation is (incident, channel, address).
    /// - `replaces`: how many earlier deliveries of the conversation this one stands for; they name it as `successor`.
    /// - `fallback_of`: the delivery that this one stands in for by another way; `fallback_root`: the first of that chain;
    ///   `fell_back`: its next way has been taken, or there is none; `tried`: the ways before this one, as [[channel, address]].
    /// - `retry_for`: microseconds, where a route sets it.
    /// - `pauses`: the channel `` (empty) stands for all.
    /// - `incidents_closed`, `events_loose`: what may be pruned, oldest first.
    /// - `destinations`: what the running router last said of each lane.
    /// - `hold`, `hold_key`: why a delivery waits or waited on purpose, and what it is released together with; `released`: when
    ///   that was; `digest`: the delivery whose message says it, by its id; `contains`: of that one, how many name it.
    /// - `alarms`: one for each subject, `incident/ID`, `silence/ID` or `broadcast/ID`.
    /// - `broadcasts`: `event` is the sequence of the event that brought it; `started`: when it began to go out; `settled`:
    ///   nothing more is to be done for it.
    /// - `subscription`: by which they hear of it.
    /// - `unsnoozed`: when one that a snooze came to move would be due without it.
    /// - `subscriptions`: `who` is `person/NAME`, `email/ADDRESS` or `sms/ADDRESS`, empty in rows of old; `kept_until`: it
    ///   must be confirmed by then, or goes; `code`: by what the code that confirms it is found.
    /// - `blocks`: what is known against an address; `since` is empty while there are only bounces; `latest`: the last of those.
    /// - `deliveries_astray`: their `fallback_at` is when their address was suppressed.
    /// - `deliveries_token`: finds the mail that came back, by its Message-ID.
    /// - `monitors`: `heard`: the last sign of life; `missed`: what that was when the silence was told.
    /// - `threads`: where a conversation began: Slack's `CHANNEL:TS`, or a mail's subject.
    /// - `open_service`: in lower case, only of open incidents; `rank` and `judged`: the severity, as it was judged. They are
    ///   written only where one of them may have changed, so that their index costs nothing else.
    /// - `look_at`: when the operators are to hear that nobody has touched an open incident, see `Neglect`; empty: never.
    /// - `figures`: counts for charts, see `FigureKind`; `start`: seconds since 1970. `troubles`: the last failure of each channel.
    static let migrations = [
        """
        CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE tallies (
            kind TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (kind, name, state)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE incidents (
            id TEXT NOT NULL PRIMARY KEY, is_open INTEGER NOT NULL, severity TEXT, updated INTEGER NOT NULL, state BLOB NOT NULL
        ) STRICT;
        CREATE INDEX incidents_updated ON incidents (updated);
        CREATE INDEX incidents_open ON incidents (updated) WHERE is_open = 1;
        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            source TEXT NOT NULL, id TEXT NOT NULL, digest BLOB NOT NULL, type TEXT NOT NULL,
            time INTEGER NOT NULL, time_explicit INTEGER NOT NULL, received_at INTEGER NOT NULL,
            incident TEXT, stale INTEGER NOT NULL, severity TEXT, previous TEXT, reopens INTEGER NOT NULL,
            file TEXT, config TEXT NOT NULL, document BLOB NOT NULL, checked BLOB, incident_after BLOB,
            UNIQUE (source, id)
        ) STRICT;
        CREATE INDEX events_incident ON events (incident) WHERE incident IS NOT NULL;
        CREATE TABLE deliveries (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            event INTEGER NOT NULL REFERENCES events (sequence),
            token BLOB NOT NULL,
            incident TEXT, channel TEXT NOT NULL, address TEXT NOT NULL, kind TEXT NOT NULL, lane TEXT NOT NULL,
            recipient TEXT NOT NULL, entry TEXT NOT NULL, routes BLOB NOT NULL, template TEXT NOT NULL, language TEXT, timezone TEXT,
            urgent INTEGER NOT NULL, priority INTEGER NOT NULL, is_first INTEGER NOT NULL,
            created INTEGER NOT NULL, due INTEGER NOT NULL, expires INTEGER, delivered_at INTEGER, dropped_at INTEGER,
            state TEXT NOT NULL CHECK (state IN
                ('held', 'pending', 'retrying', 'delivered', 'unknown', 'dead', 'expired', 'superseded', 'suppressed')),
            blocked INTEGER NOT NULL DEFAULT 0,
            reason TEXT, degraded TEXT, attempts INTEGER NOT NULL DEFAULT 0, unknowns INTEGER NOT NULL DEFAULT 0, first_attempt INTEGER,
            successor INTEGER, digest TEXT, receipt TEXT
        ) STRICT;
        CREATE INDEX deliveries_ready ON deliveries (lane, priority, due) WHERE \(ready);
        CREATE INDEX deliveries_unfinished ON deliveries (incident, channel, address) WHERE \(unfinished);
        CREATE INDEX deliveries_uncommon ON deliveries (state) WHERE \(uncommon);
        CREATE INDEX deliveries_incident ON deliveries (incident, channel, address);
        CREATE INDEX deliveries_event ON deliveries (event);
        CREATE TABLE attempts (
            delivery INTEGER NOT NULL REFERENCES deliveries (id), number INTEGER NOT NULL,
            at INTEGER NOT NULL, ms INTEGER NOT NULL, outcome TEXT NOT NULL, code TEXT, reason TEXT, detail TEXT, remote_id TEXT,
            PRIMARY KEY (delivery, number)
        ) STRICT, WITHOUT ROWID;
        """,
        """
        ALTER TABLE deliveries ADD COLUMN retry_for INTEGER;
        ALTER TABLE deliveries ADD COLUMN replaces INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE deliveries ADD COLUMN fallback_at INTEGER;
        ALTER TABLE deliveries ADD COLUMN fallback_of INTEGER;
        ALTER TABLE deliveries ADD COLUMN fallback_root INTEGER;
        ALTER TABLE deliveries ADD COLUMN fell_back INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE deliveries ADD COLUMN tried BLOB;
        CREATE INDEX deliveries_fallback ON deliveries (fallback_at) WHERE \(fallbackWaits);
        CREATE INDEX deliveries_fallback_root ON deliveries (fallback_root) WHERE fallback_root IS NOT NULL;
        CREATE INDEX deliveries_successor ON deliveries (successor) WHERE successor IS NOT NULL;
        CREATE TABLE pauses (channel TEXT NOT NULL PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE destinations (
            lane TEXT NOT NULL PRIMARY KEY, channels BLOB NOT NULL, breaker TEXT NOT NULL, since INTEGER NOT NULL, retry_at INTEGER,
            paused_until INTEGER, rate TEXT, limited_until INTEGER, detail TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX incidents_closed ON incidents (updated) WHERE is_open = 0;
        CREATE INDEX events_loose ON events (received_at) WHERE \(loose);
        """,
        """
        ALTER TABLE deliveries ADD COLUMN origin TEXT NOT NULL DEFAULT 'route';
        ALTER TABLE deliveries ADD COLUMN hold TEXT;
        ALTER TABLE deliveries ADD COLUMN hold_key TEXT;
        ALTER TABLE deliveries ADD COLUMN released INTEGER;
        ALTER TABLE deliveries ADD COLUMN contains INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE deliveries ADD COLUMN silence TEXT;
        ALTER TABLE deliveries ADD COLUMN throttled INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX deliveries_held ON deliveries (hold_key, channel, address, due) WHERE \(held);
        CREATE INDEX deliveries_held_due ON deliveries (due) WHERE \(held);
        CREATE INDEX deliveries_released ON deliveries (channel, address, hold_key, released) WHERE released IS NOT NULL;
        CREATE INDEX deliveries_digest ON deliveries (digest) WHERE digest IS NOT NULL;
        CREATE INDEX deliveries_silence ON deliveries (silence) WHERE silence IS NOT NULL;
        CREATE INDEX deliveries_throttled ON deliveries (channel, address, created) WHERE \(throttled);
        CREATE TABLE alarms (subject TEXT NOT NULL PRIMARY KEY, due INTEGER NOT NULL, what TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX alarms_due ON alarms (due);
        CREATE TABLE silences (id TEXT NOT NULL PRIMARY KEY, ended INTEGER, state BLOB NOT NULL) STRICT;
        CREATE TABLE subscriptions (id TEXT NOT NULL PRIMARY KEY, state BLOB NOT NULL) STRICT;
        ALTER TABLE incidents ADD COLUMN open_service TEXT;
        ALTER TABLE incidents ADD COLUMN rank INTEGER;
        ALTER TABLE incidents ADD COLUMN judged TEXT;
        CREATE INDEX incidents_service ON incidents (open_service, rank) WHERE open_service IS NOT NULL;
        """,
        """
        ALTER TABLE deliveries ADD COLUMN subscription TEXT;
        ALTER TABLE deliveries ADD COLUMN limited INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE deliveries ADD COLUMN unsnoozed INTEGER;
        CREATE INDEX deliveries_limited ON deliveries (channel, address, created) WHERE \(limited);
        CREATE INDEX deliveries_waiting ON deliveries (recipient COLLATE NOCASE) WHERE \(held);
        CREATE INDEX deliveries_steps ON deliveries (incident, event) WHERE origin = 'step';
        CREATE INDEX deliveries_broadcast ON deliveries (event, channel, address COLLATE NOCASE) WHERE \(broadcast);
        CREATE TABLE absences (id TEXT NOT NULL PRIMARY KEY, state BLOB NOT NULL) STRICT;
        ALTER TABLE subscriptions ADD COLUMN who TEXT;
        ALTER TABLE subscriptions ADD COLUMN kept_until INTEGER;
        ALTER TABLE subscriptions ADD COLUMN code INTEGER;
        CREATE INDEX subscriptions_code ON subscriptions (code) WHERE code IS NOT NULL;
        CREATE INDEX subscriptions_who ON subscriptions (who);
        CREATE INDEX subscriptions_kept ON subscriptions (kept_until) WHERE kept_until IS NOT NULL;
        CREATE INDEX deliveries_subscribed ON deliveries (subscription) WHERE subscription IS NOT NULL AND \(waits);
        CREATE INDEX deliveries_addressed ON deliveries (address COLLATE NOCASE, kind) WHERE \(waits);
        CREATE INDEX deliveries_astray ON deliveries (fallback_at) WHERE \(astray);
        CREATE TABLE snoozes (who TEXT NOT NULL PRIMARY KEY, state BLOB NOT NULL) STRICT;
        CREATE TABLE blocks (
            kind TEXT NOT NULL, address TEXT NOT NULL, since INTEGER, cause TEXT NOT NULL, latest INTEGER, state BLOB NOT NULL,
            PRIMARY KEY (kind, address)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX blocks_latest ON blocks (latest) WHERE since IS NULL;
        CREATE INDEX deliveries_token ON deliveries (token) WHERE kind = 'email';
        CREATE TABLE broadcasts (
            id TEXT NOT NULL PRIMARY KEY, event INTEGER NOT NULL, audience TEXT NOT NULL, status TEXT NOT NULL, settled INTEGER NOT NULL,
            created INTEGER NOT NULL, started INTEGER, reached INTEGER NOT NULL, corrects TEXT, state BLOB NOT NULL
        ) STRICT;
        CREATE INDEX broadcasts_audience ON broadcasts (audience, started) WHERE started IS NOT NULL;
        CREATE INDEX broadcasts_corrects ON broadcasts (corrects, created) WHERE corrects IS NOT NULL;
        CREATE INDEX broadcasts_event ON broadcasts (event);
        CREATE TABLE threads (
            incident TEXT NOT NULL, channel TEXT NOT NULL, address TEXT NOT NULL, root TEXT, subject TEXT,
            PRIMARY KEY (incident, channel, address)
        ) STRICT, WITHOUT ROWID;
        """,
        """
        DROP INDEX deliveries_addressed;
        CREATE INDEX deliveries_addressed ON deliveries (address COLLATE NOCASE, kind) WHERE \(addressed);
        CREATE INDEX deliveries_undelivered ON deliveries (created) WHERE \(undelivered);
        CREATE TABLE figures (
            kind TEXT NOT NULL, start INTEGER NOT NULL, name TEXT NOT NULL, part TEXT NOT NULL,
            count INTEGER NOT NULL, total INTEGER NOT NULL, most INTEGER NOT NULL, PRIMARY KEY (kind, start, name, part)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE troubles (
            channel TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL, delivery INTEGER NOT NULL, reason TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE monitors (name TEXT NOT NULL PRIMARY KEY, since INTEGER NOT NULL, heard INTEGER, missed INTEGER) STRICT, WITHOUT ROWID;
        """,
        """
        ALTER TABLE incidents ADD COLUMN look_at INTEGER;
        UPDATE incidents SET look_at = (updated + 2649600000000) / 86400000000 * 86400000000 + 28800000000 WHERE is_open = 1;
        CREATE INDEX incidents_look_at ON incidents (look_at) WHERE \(neglectable);
        """,
    ]

    /// Brings the schema up to date, in one transaction; of two processes that try at once, the second finds it done.
    static func migrate(_ database: Database) throws {
        try database.inTransaction(.immediate) {
            let found = try database.number("PRAGMA user_version")
            for (index, migration) in migrations.enumerated() where index >= found {
                try database.execute(sql: migration)
            }
            if found > 0, found < 5 { try Figures.fill(database) }
            if found < version {
                try database.execute(sql: "PRAGMA application_id = \(applicationID)")
                try database.execute(sql: "PRAGMA user_version = \(version)")
            }
            return .commit
        }
    }
}
