// Setting a bad file aside, with its reason beside it. The reason takes its name first, then the file: a crash between
// the two leaves a reason without a file, and the file still taken; after the restart both meet again.

import CrashPoints
import Foundation
import Glibc
import Incidents
import JSON

extension QueueHandle {
    /// Moves a taken file (or, of lines, the bad ones) to a directory of rejected files. Returns nil when that is done,
    /// or what could not be done; then the file is still taken, and nothing is lost.
    func reject(_ file: TakenFile, _ parts: [RejectedPart], into directory: Int32, at now: Date) -> SpoolError? {
        let isWhole = !file.isNDJSON || parts.contains { $0.line == nil }
        let base = RejectedFiles.storedName(isWhole ? file.original : QueueHandle.linesName(file))
        var reasons: [UInt8] = []
        for part in isWhole ? Array(parts.prefix(1)) : parts {
            reasons += QueueHandle.reason(file.name, part, at: now).utf8
            reasons.append(0x0A)
        }
        let draft = FileName(RejectedFiles.draftPrefix + "\(file.sequence).reason")
        if let error = write(reasons, draft, in: directory) { return error }
        defer { _ = draft.withPath { unlinkat(directory, $0, 0) } }
        CrashPoint.reasonDrafted.reached()

        var source = (name: file.taken, directory: taken)
        if !isWhole {
            var lines: [UInt8] = []
            for part in parts { lines += (part.bytes ?? []) + [0x0A] }
            source = (FileName(RejectedFiles.draftPrefix + "\(file.sequence).lines"), directory)
            if let error = write(lines, source.name, in: directory) { return error }
        }
        defer { if !isWhole { _ = source.name.withPath { unlinkat(directory, $0, 0) } } }

        let suffix = isWhole ? RejectedFiles.reasonSuffix : RejectedFiles.reasonsSuffix
        var number = QueueHandle.firstFree(base, in: directory)
        while true {
            let name = number == 0 ? base : base.appending(".\(number)")
            let reasonName = name.appending(suffix)
            var failure = QueueHandle.move(draft, in: directory, to: reasonName, in: directory)
            if failure == EEXIST, isOrphan(reasonName, of: name, like: reasons, in: directory) { failure = 0 }
            if failure == EEXIST {
                number += 1
                continue
            }
            if failure != 0 { return SpoolError(errno: failure, doing: "write \(rejectedPath(reasonName))") }
            CrashPoint.reasonNamed.reached()
            failure = QueueHandle.move(source.name, in: source.directory, to: name, in: directory)
            if failure == 0 { break }
            // Back to being a draft: the name went to somebody else, or the file did not come.
            _ = QueueHandle.move(reasonName, in: directory, to: draft, in: directory)
            if failure == ENOENT, FileStamp.of(source.name, in: source.directory) == nil { break }
            if failure != EEXIST { return SpoolError(errno: failure, doing: "move \(file.name) to \(rejectedPath(name))") }
            number += 1
        }
        CrashPoint.rejected.reached()
        return isWhole
            ? {
                removeFolder(of: file.taken); return nil
            }() : remove(file)
    }

    /// Removes a taken file for good.
    func remove(_ file: TakenFile) -> SpoolError? {
        if file.taken.withPath({ unlinkat(taken, $0, 0) }) != 0, errno != ENOENT {
            return SpoolError(errno: errno, doing: "remove \(directory.taken)/\(file.taken.text)")
        }
        CrashPoint.whileForgetting.reached()
        removeFolder(of: file.taken)
        return nil
    }

    /// Drafts of a process that died while it wrote them.
    func removeUnfinishedReasons() {
        var drafts: [FileName] = []
        let prefix = Array(RejectedFiles.draftPrefix.utf8)
        _ = QueueHandle.eachName(in: rejected) { name, _ in
            if name.bytes.starts(with: prefix) { drafts.append(name) }
            return drafts.count < 10_000
        }
        for draft in drafts { _ = draft.withPath { unlinkat(rejected, $0, 0) } }
    }

    private func rejectedPath(_ name: FileName) -> String { "\(directory.rejected)/\(name.text)" }

    private func write(_ bytes: [UInt8], _ name: FileName, in place: Int32) -> SpoolError? {
        _ = name.withPath { unlinkat(place, $0, 0) }
        let number = QueueHandle.write(bytes, to: name, in: place)
        return number == 0 ? nil : SpoolError(errno: number, doing: "write to \(directory.rejected)")
    }

    /// The name of bad lines. They are written anew, so they are this router's user's: where another user made their file, they
    /// must not pass for what the HTTP side wrote, or putting them back would lend them its authority.
    private static func linesName(_ file: TakenFile) -> FileName {
        guard file.name.hasPrefix(QueueLoad.httpPrefix), file.owner != geteuid() else { return file.original }
        return FileName(bytes: Array("lines-of-".utf8) + file.original.bytes)
    }

    /// The smallest number that is free, as long as there are no gaps; found in few looks where thousands are taken.
    private static func firstFree(_ base: FileName, in directory: Int32) -> Int {
        func isTaken(_ number: Int) -> Bool { FileStamp.of(number == 0 ? base : base.appending(".\(number)"), in: directory) != nil }
        if !isTaken(0) { return 0 }
        var low = 0
        var high = 1
        while isTaken(high) {
            low = high
            high *= 2
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if isTaken(middle) { low = middle } else { high = middle }
        }
        return high
    }

    /// A reason that a crash left without its file: the same but for its time.
    private func isOrphan(_ reason: FileName, of name: FileName, like bytes: [UInt8], in place: Int32) -> Bool {
        guard FileStamp.of(name, in: place) == nil, let known = RejectedFiles.content(reason, in: place, limit: bytes.count + 64) else {
            return false
        }
        func firstWords(_ bytes: [UInt8]) -> [String?] {
            let value = try? JSONValue.parse(bytes: Array(bytes.prefix { $0 != 0x0A }))
            return ["file", "code", "message"].map { value?[$0]?.string }
        }
        let words = firstWords(bytes)
        return words[0] != nil && words == firstWords(known)
    }

    /// One reason as one line of JSON (interfaces, section 1).
    private static func reason(_ file: String, _ part: RejectedPart, at now: Date) -> String {
        let rejection = part.rejection
        let isPlaced = [.notJSON, .notUTF8, .tooDeep, .duplicateMember].contains(rejection.code)
        func number(_ value: Int?) -> JSONValue { (value ?? (isPlaced ? 1 : nil)).map { .integer($0) } ?? .null }
        return JSONLine([
            "file": .string(file), "code": .string(rejection.code.rawValue), "message": .string(rejection.message),
            "line": number(part.line ?? rejection.line), "column": number(rejection.column),
            "pointer": rejection.pointer.map { .string($0) } ?? .null, "at": .string(Timestamp.format(now)),
        ]).text
    }
}
