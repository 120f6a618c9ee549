// Putting rejected files back into the queue, when what was wrong with them has been mended.

import Glibc
import Incidents

/// A file that has been put back.
public struct RequeuedFile: Sendable, Equatable {
    /// In `rejected/`.
    public var name: String
    /// In the queue: another name where the first choice is taken.
    public var queuedAs: String
}

extension RejectedFiles {
    /// Moves files back into the queue and removes their reasons. All names are checked before the first is moved.
    ///
    /// - Throws: `SpoolError` with `.badName` for names that are unknown or no plain names, with the nearest known one;
    ///   with another code where the system refuses, after some may have been moved.
    public static func requeue(queue: String, names wanted: [String]) throws(SpoolError) -> [RequeuedFile] {
        let places = SpoolDirectory(path: queue)
        let opened = try open(queue: queue)
        defer { if let opened { close(opened) } }
        let known = try opened.map { directory throws(SpoolError) in try names(in: directory, queue: queue) } ?? []
        let byText = Dictionary(known.map { ($0.text, $0) }, uniquingKeysWith: { first, _ in first })
        var problems: [String] = []
        var chosen: [FileName] = []
        var seen: Set<FileName> = []
        for name in wanted {
            if let found = byText[name] {
                if seen.insert(found).inserted { chosen.append(found) }
            } else {
                problems.append(problem(name, places, among: byText.keys))
            }
        }
        if !problems.isEmpty { throw SpoolError(.badName, problems.joined(separator: "; ")) }
        guard let rejected = opened else { return [] }

        let target = Glibc.open(places.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if target < 0 { throw SpoolError(errno: errno, doing: "open \(places.path)") }
        defer { close(target) }
        var done: [RequeuedFile] = []
        for name in chosen {
            let wish = queueName(name, in: rejected)
            let placed = try place(name, in: rejected, as: wish, in: target, places)
            for suffix in [reasonSuffix, reasonsSuffix] { _ = name.appending(suffix).withPath { unlinkat(rejected, $0, 0) } }
            done.append(RequeuedFile(name: name.text, queuedAs: placed.text))
        }
        return done
    }

    private static func place(
        _ name: FileName, in rejected: Int32, as wish: FileName, in target: Int32, _ places: SpoolDirectory
    ) throws(SpoolError) -> FileName {
        for number in 0..<10_000 {
            let candidate = number == 0 ? wish : wish.numbered(number)
            let failure = QueueHandle.move(name, in: rejected, to: candidate, in: target)
            if failure == 0 { return candidate }
            if failure != EEXIST {
                throw SpoolError(errno: failure, doing: "move \(places.rejected)/\(name.text) to \(places.path)")
            }
        }
        throw SpoolError(.badName, "\(places.path) holds too many files named like \(wish.text); wait until they are taken")
    }

    private static func problem(_ name: String, _ places: SpoolDirectory, among known: some Sequence<String>) -> String {
        if name.contains("/") || name == "." || name == ".." || name.isEmpty {
            return "`\(name)` is no plain name: give the name of a file in \(places.rejected), without a directory"
        }
        for suffix in [reasonSuffix, reasonsSuffix] where name.hasSuffix(suffix) {
            return "`\(name)` is a reason, not a rejected file; requeue `\(name.dropLast(suffix.count))`"
        }
        return "there is no rejected file `\(name)` in \(places.rejected)\(Suggestion.clause(for: name, among: known))"
    }

    /// The name that a rejected file had in the queue.
    private static func queueName(_ name: FileName, in rejected: Int32) -> FileName {
        var base = name
        if base.kind == .other, let dot = base.bytes.lastIndex(of: UInt8(ascii: ".")), dot + 1 < base.bytes.count,
            base.bytes[(dot + 1)...].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        {
            base = FileName(bytes: Array(base.bytes[..<dot]))
        }
        // Kept under another name than its own: the reason knows the first one.
        guard base.ends(with: "~.json") || base.ends(with: "~.ndjson") else { return base }
        for suffix in [reasonSuffix, reasonsSuffix] {
            guard let bytes = content(name.appending(suffix), in: rejected, limit: maximumReason),
                let file = reasonFile(bytes), file.kind == base.kind, file.bytes.count <= FileName.maximumLength,
                !file.bytes.contains(UInt8(ascii: "/")), !file.bytes.contains(0), storedName(file) == base
            else { continue }
            return file
        }
        return base
    }
}

extension FileName {
    /// `x-1.json`: the number stands before the extension, so that the router still takes the file.
    func numbered(_ number: Int) -> FileName {
        let short = shortened(leaving: 8)
        guard let dot = short.bytes.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return short.appending("-\(number)") }
        return FileName(bytes: Array(short.bytes[..<dot]) + "-\(number)".utf8 + Array(short.bytes[dot...]))
    }
}
