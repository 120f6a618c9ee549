// Group commit: what comes together shares a file, in order, and nothing of it is lost or taken twice.

import Foundation
import JSON
import Spool
import Testing

@testable import Web

@Suite struct EventWriterTests {
    private let path: String

    init() throws {
        path = NSTemporaryDirectory() + "writer-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    private func lines() throws -> (files: Int, lines: [String]) {
        let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".ndjson") }.sorted()
        let texts = try names.map { try String(contentsOfFile: "\(path)/\($0)", encoding: .utf8) }
        return (names.count, texts.joined().split(separator: "\n").map(String.init))
    }

    @Test func manyAtOnceShareFilesAndKeepTheirOrder() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = EventWriter(queue: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for request in 0..<200 {
                group.addTask {
                    try await writer.drop((0..<5).map { ["request": .integer(request), "number": .integer($0)] })
                }
            }
            try await group.waitForAll()
        }
        let (files, lines) = try lines()
        #expect(lines.count == 1_000)
        #expect(files < 200, "\(files) files")
        var last: [String: Int] = [:]
        for line in lines {
            let value = try JSONValue.parse(bytes: Array(line.utf8))
            let (request, number) = (value["request"]?.scalarText ?? "", value["number"]?.integer ?? -1)
            #expect(number == (last[request] ?? -1) + 1)
            last[request] = number
        }
        #expect(try QueueLoad.events(in: path, limit: 10_000) == 1_000)
        #expect(try QueueLoad.events(in: path, limit: 10) == 10)
    }

    @Test func whatIsTooMuchForOneFileGoesIntoSeveral() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = EventWriter(queue: path)
        let line = [UInt8](repeating: 0x20, count: EventWriter.fileSize / 2) + [0x0A]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await writer.drop(lines: line, events: 1) } }
            try await group.waitForAll()
        }
        let sizes = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".ndjson") }.map {
            try FileManager.default.attributesOfItem(atPath: "\(path)/\($0)")[.size] as? Int ?? 0
        }
        #expect(sizes.reduce(0, +) == 8 * line.count)
        #expect(sizes.allSatisfy { $0 <= EventWriter.fileSize + line.count })
    }

    @Test func whereNothingCanBeWrittenEverybodyHearsOfIt() async throws {
        let writer = EventWriter(queue: path + "/missing")
        let failures = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do throws(SpoolError) {
                        try await writer.drop([["a": 1]])
                        return false
                    } catch {
                        return error.code == .notFound
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 20)
    }

    @Test func namesSayHowManyEventsAFileHolds() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        for name in [
            QueueLoad.name("http-1-000000001", events: 7), "other.ndjson", "a.json", ".hidden.json", "x-99999999.ndjson", "-3.ndjson",
            "backup-2026.ndjson",
        ] {
            try Data().write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        }
        #expect(try QueueLoad.events(in: path, limit: 10_000) == 7 + 5)
        // Taken, they begin with their sequence.
        try FileManager.default.createDirectory(atPath: path + "/.taken", withIntermediateDirectories: true)
        for name in ["0000000000000001.http-1-000000002-9.ndjson", "0000000000000002.report-2026.ndjson"] {
            try Data().write(to: URL(fileURLWithPath: "\(path)/.taken/\(name)"))
        }
        #expect(try QueueLoad.events(in: path, limit: 10_000) == 7 + 5 + 9 + 1)
    }
}
