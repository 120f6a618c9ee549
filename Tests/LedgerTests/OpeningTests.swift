// Opening: permissions, what is no ledger, what is damaged, what is newer; reading beside a router and without one.

import Foundation
import GRDB
import Glibc
import Incidents
import Testing

@testable import Ledger

@Suite struct OpeningTests {
    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    /// What opening the fixture's ledger throws; it must leave the file as it was.
    private func failure(_ fixture: LedgerFixture, readOnly: Bool = false) throws -> LedgerError {
        let before = try bytes(fixture.path)
        defer { #expect((try? bytes(fixture.path)) == before) }
        do {
            _ = try LedgerStore(directory: fixture.directory, readOnly: readOnly)
        } catch {
            return error
        }
        Issue.record("the ledger was opened")
        return LedgerError(.internalFault, "")
    }

    @Test func theDirectoryAndTheFilesAreForTheOwnerAlone() async throws {
        let fixture = try LedgerFixture()
        let state = fixture.directory + "/not/yet/state"
        let old = umask(0)
        defer { umask(old) }
        let store = try LedgerStore(directory: state)
        _ = try await store.accept([arrival(try event("e1"))])
        #expect(mode(state) == 0o700)
        for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] { #expect(mode("\(state)/\(name)") == 0o600, "\(name)") }
        await store.close()
    }

    @Test func anEmptyDirectoryBecomesPrivateOneInUseStaysAsItIs() async throws {
        let fixture = try LedgerFixture()
        chmod(fixture.directory, 0o755)
        await (try fixture.open()).close()
        #expect(mode(fixture.directory) == 0o700)
        chmod(fixture.directory, 0o750)
        await (try fixture.open()).close()
        #expect(mode(fixture.directory) == 0o750)
    }

    @Test func durabilityAndForeignKeysAreOn() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let values = try await store.writing { database in
            try ["synchronous", "foreign_keys", "busy_timeout", "application_id", "user_version"].map {
                try database.number("PRAGMA \($0)")
            }
        }
        #expect(values == [2, 1, 5_000, Int(LedgerSchema.applicationID), LedgerSchema.version])
        #expect(try await store.writing { try $0.row("PRAGMA journal_mode")?.text(0) } == "wal")
        await store.close()
    }

    @Test func aPathThatLeadsToAFileIsNoDirectory() async throws {
        let fixture = try LedgerFixture()
        let path = fixture.directory + "/file"
        try Data("x".utf8).write(to: URL(fileURLWithPath: path))
        #expect(await code { _ = try LedgerStore(directory: path) } == .notADirectory)
        #expect(await code { _ = try LedgerStore(directory: path + "/state") } == .notADirectory)
    }

    @Test func readingWhereThereIsNoLedgerSaysSoAndMakesNone() async throws {
        let fixture = try LedgerFixture()
        #expect(throws: LedgerError(.noLedger, "no ledger in \(fixture.directory) yet: the router has not run")) {
            try LedgerStore(directory: fixture.directory, readOnly: true)
        }
        #expect(await code { _ = try LedgerStore(directory: fixture.directory + "/none", readOnly: true) } == .noLedger)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.directory).isEmpty)
    }

    @Test func aFileThatIsNoDatabaseIsNotTouched() throws {
        let fixture = try LedgerFixture()
        try Data(String(repeating: "not a database\n", count: 100).utf8).write(to: URL(fileURLWithPath: fixture.path))
        #expect(try failure(fixture).code == .damaged)
        #expect(try failure(fixture, readOnly: true).code == .damaged)
    }

    @Test func anotherProgramsDatabaseIsNotTouched() throws {
        let fixture = try LedgerFixture()
        try fixture.damage("CREATE TABLE songs (title TEXT)")
        #expect(try failure(fixture).code == .foreign)
        #expect(try failure(fixture, readOnly: true).code == .foreign)
    }

    @Test func aNewerLedgerIsNotTouched() async throws {
        let fixture = try LedgerFixture()
        await (try fixture.open()).close()
        try fixture.damage("PRAGMA user_version = 99")
        let error = try failure(fixture)
        #expect(error.code == .tooNew)
        #expect(error.message.contains("schema 99"))
        #expect(try failure(fixture, readOnly: true).code == .tooNew)
    }

    @Test func anUnfinishedCreationIsTakenUpAgain() async throws {
        let fixture = try LedgerFixture()
        try Data().write(to: URL(fileURLWithPath: fixture.path))
        await (try fixture.open()).close()
        let other = try LedgerFixture()
        // The log's mode was set, and no table yet made.
        let queue = try DatabaseQueue(path: other.path)
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try queue.close()
        let store = try other.open()
        #expect(try await store.accept([arrival(try event("e1"))]).first?.sequence == 1)
        await store.close()
    }

    @Test func aLogWithoutItsFileIsDamage() throws {
        let fixture = try LedgerFixture()
        try Data("frames".utf8).write(to: URL(fileURLWithPath: fixture.path + "-wal"))
        #expect(throws: LedgerError.self) { try fixture.open() }
        #expect(!FileManager.default.fileExists(atPath: fixture.path))
        try Data().write(to: URL(fileURLWithPath: fixture.path))
        #expect(try failure(fixture).code == .damaged)
        #expect(try bytes(fixture.path + "-wal") == Data("frames".utf8))
    }

    @Test func aLinkThatLeadsNowhereIsNotFollowed() throws {
        let fixture = try LedgerFixture()
        let target = fixture.directory + "/elsewhere"
        try FileManager.default.createSymbolicLink(atPath: fixture.path, withDestinationPath: target)
        #expect(throws: LedgerError.self) { try fixture.open() }
        #expect(!FileManager.default.fileExists(atPath: target))
    }

    @Test func theFilesAsACrashLeavesThemHoldAllThatWasAccepted() async throws {
        let fixture = try LedgerFixture()
        let after = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")), arrival(try event("e2", time: start.addingTimeInterval(1))))
        _ = try await store.record([accepted(ids[0])])
        for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
            try FileManager.default.copyItem(atPath: "\(fixture.directory)/\(name)", toPath: "\(after.directory)/\(name)")
        }
        // A command may come before the next router.
        let reader = try LedgerStore(directory: after.directory, readOnly: true)
        #expect(try await reader.deliveries().map(\.state) == [.delivered, .pending])
        await reader.close()
        let again = try after.open()
        #expect(try await again.ready(lane: "lane-ops-slack", now: start, limit: 5, excluding: []).map(\.id) == [ids[1]])
        #expect(try await again.verify() == [])
        await again.close()
        await store.close()
    }

    @Test func theDirectoryIsMadeForItsOwnerAloneBeforeTheLedgerIs() throws {
        let fixture = try LedgerFixture()
        let state = fixture.directory + "/state"
        try LedgerStore.prepare(directory: state)
        #expect(mode(state) == 0o700)
        #expect(mode(state + "/ledger.sqlite") == 0, "not yet there")
    }

    private func filled(_ fixture: LedgerFixture) async throws {
        let store = try fixture.open()
        _ = try await store.accept(try (0..<300).map { arrival(try event("e\($0)", incident: "I\($0)")) })
        await store.close()
    }

    @Test func aTruncatedFileIsDamagedAtOpening() async throws {
        let fixture = try LedgerFixture()
        try await filled(fixture)
        truncate(fixture.path, off_t(try bytes(fixture.path).count / 2 / 4096 * 4096))
        let error = try failure(fixture)
        #expect(error.code == .damaged)
        #expect(error.message.contains("nothing was overwritten"))
    }

    @Test func damageInTheMiddleIsNamedWhereItIsMet() async throws {
        let fixture = try LedgerFixture()
        try await filled(fixture)
        let pages = try bytes(fixture.path).count / 4096
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: fixture.path))
        for page in 2..<pages - 1 where page % 2 == 0 {
            try handle.seek(toOffset: UInt64(page) * 4096)
            try handle.write(contentsOf: Data(repeating: 0xAA, count: 4096))
        }
        try handle.close()
        let found = await code {
            let store = try fixture.open()
            let findings = try await store.verify()
            #expect(findings.first?.contains("is damaged") == true)
            _ = try await store.deliveries()
            await store.close()
        }
        #expect(found == .damaged)
    }

    @Test func readingWorksBesideARouterAndWithoutOne() async throws {
        let fixture = try LedgerFixture()
        let router = try fixture.open()
        _ = try await router.accept([arrival(try event("e1"))])
        let reader = try LedgerStore(directory: fixture.directory, readOnly: true)
        #expect(try await reader.deliveries().map(\.event) == ["e1"])
        _ = try await router.accept([arrival(try event("e2"))])
        #expect(try await reader.deliveries().map(\.event) == ["e1", "e2"])
        #expect(await code { _ = try await reader.accept([]) } == .permission)
        #expect(await code { _ = try await reader.retryDead(nil, now: start) } == nil)
        #expect(await code { _ = try await reader.retryDead([1], now: start) } == .permission)
        await reader.close()
        await router.close()
        #expect(!FileManager.default.fileExists(atPath: fixture.path + "-wal"))
        let alone = try LedgerStore(directory: fixture.directory, readOnly: true)
        #expect(try await alone.deliveries().count == 2)
        await alone.close()
    }

    @Test func afterClosingEverythingSaysClosed() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        await store.close()
        await store.close()
        #expect(await code { _ = try await store.accept([arrival(try event("e1"))]) } == .closed)
        #expect(await code { _ = try await store.record([accepted(1)]) } == .closed)
        #expect(await code { _ = try await store.deliveries() } == .closed)
        #expect(await code { _ = try await store.changeMarker() } == .closed)
    }
}
