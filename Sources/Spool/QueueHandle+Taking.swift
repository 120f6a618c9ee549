// Taking one file. It is looked at in place first, because a producer that writes in pieces may open it again by its
// name; then it is renamed to a name that is ours alone, and checked to be the one that was looked at.

import CrashPoints
import Glibc
import Incidents

extension QueueHandle {
    enum Taking {
        case taken(TakenFile)
        /// Somebody else has removed it: nothing to do.
        case gone
        /// Its content ends too early.
        case incomplete(FileStamp)
        /// Not in the state any more that made it ripe.
        case changed(FileStamp)
        /// More than the room that is left.
        case noRoom
        /// This file cannot be had: what was tried, and the `errno`.
        case refused(String, Int32)
        /// No file can be had.
        case failed(String, Int32)
    }

    /// - Parameters:
    ///   - expected: the state in which the file must still be; nil where its writer has said that it is finished.
    ///   - isSettled: whether a file in this state is taken though its content ends too early.
    ///   - room: bytes that may be read.
    func take(
        _ name: FileName, sequence: UInt64, expected: FileStamp?, room: Int, isSettled: (FileStamp) -> Bool
    ) -> Taking {
        guard let first = FileStamp.of(name, in: queue) else { return errno == ENOENT ? .gone : .refused("look at", errno) }
        if let expected, first != expected { return .changed(first) }
        guard first.isRegular else { return claim(name, first, sequence, nil, isSettled: isSettled) }
        let limit = QueueHandle.limit(name)
        if first.size > limit { return claim(name, first, sequence, nil, isSettled: isSettled) }
        if first.size > room { return .noRoom }
        let file = name.withPath { openat(queue, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) }
        guard file >= 0 else {
            switch errno {
            case ENOENT: return .gone
            case EMFILE, ENFILE, ENOMEM: return .failed("open", errno)
            case ELOOP: return .changed(first)
            default: return .refused("open", errno)
            }
        }
        defer { close(file) }
        guard let stamp = FileStamp.of(file), stamp.isRegular else { return .changed(first) }
        guard stamp.size <= limit else { return .changed(stamp) }
        guard let bytes = QueueHandle.read(file, expecting: stamp.size, limit: limit) else { return .refused("read", errno) }
        if Completeness.endsEarly(bytes, isNDJSON: name.kind == .ndjson), !isSettled(stamp) { return .incomplete(stamp) }
        return claim(name, stamp, sequence, bytes, isSettled: isSettled)
    }

    /// Renames to our own name, and makes sure of what has been renamed.
    private func claim(
        _ name: FileName, _ stamp: FileStamp, _ sequence: UInt64, _ bytes: [UInt8]?, isSettled: (FileStamp) -> Bool
    ) -> Taking {
        let own = TakenName.make(sequence, name)
        if TakenName.isNested(own) {
            let folder = TakenName.folder(sequence)
            if folder.withPath({ mkdirat(taken, $0, 0o700) }) != 0, errno != EEXIST { return .failed("make a directory for", errno) }
        }
        CrashPoint.beforeTaking.reached()
        let number = QueueHandle.move(name, in: queue, to: own, in: taken)
        switch number {
        case 0: CrashPoint.taken.reached()
        case ENOENT:
            // The file, or our directory.
            return FileStamp.of(name, in: queue) == nil ? .gone : .failed("take", number)
        case EPERM, EBUSY: return .refused("take", number)
        case EACCES where !stamp.isRegular: return .refused("take", number)
        default: return .failed("take", number)
        }
        if let now = FileStamp.of(own, in: taken), now == stamp {
            return .taken(file(own, original: name, sequence: sequence, stamp: stamp, bytes: bytes))
        }
        return reread(own, original: name, sequence: sequence, isSettled: isSettled)
    }

    /// Reads a file that has been taken already: after a crash, or because it changed while it was taken. One whose
    /// content turns out to be unfinished goes back to its place.
    func reread(_ own: FileName, original: FileName, sequence: UInt64, isSettled: (FileStamp) -> Bool) -> Taking {
        for _ in 0..<8 {
            guard let first = FileStamp.of(own, in: taken) else { return errno == ENOENT ? .gone : .refused("look at", errno) }
            guard first.isRegular, first.size <= QueueHandle.limit(original) else {
                return .taken(file(own, original: original, sequence: sequence, stamp: first, bytes: nil))
            }
            let descriptor = own.withPath { openat(taken, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) }
            guard descriptor >= 0 else { return .refused("open", errno) }
            defer { close(descriptor) }
            guard let bytes = QueueHandle.read(descriptor, expecting: first.size, limit: QueueHandle.limit(original)) else {
                return .refused("read", errno)
            }
            guard FileStamp.of(descriptor) == first else { continue }
            if Completeness.endsEarly(bytes, isNDJSON: original.kind == .ndjson), !isSettled(first) { break }
            return .taken(file(own, original: original, sequence: sequence, stamp: first, bytes: bytes))
        }
        let number = QueueHandle.move(own, in: taken, to: original, in: queue)
        if number == 0 {
            removeFolder(of: own)
            return FileStamp.of(original, in: queue).map { .incomplete($0) } ?? .gone
        }
        // A newer file has its name already, so nobody can add to this one by name: it is what it is.
        guard let stamp = FileStamp.of(own, in: taken) else { return .gone }
        let descriptor = own.withPath { openat(taken, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        guard descriptor >= 0 else { return .refused("open", errno) }
        defer { close(descriptor) }
        guard let bytes = QueueHandle.read(descriptor, expecting: stamp.size, limit: QueueHandle.limit(original)) else {
            return .refused("read", errno)
        }
        return .taken(file(own, original: original, sequence: sequence, stamp: stamp, bytes: bytes))
    }

    static func limit(_ name: FileName) -> Int { name.kind == .ndjson ? TakenFile.maximumNDJSON : TakenFile.maximumJSON }

    private func file(_ own: FileName, original: FileName, sequence: UInt64, stamp: FileStamp, bytes: [UInt8]?) -> TakenFile {
        let content: TakenFile.Content =
            if let bytes {
                .bytes(bytes)
            } else if stamp.isRegular {
                .unreadable(
                    Rejection(
                        .tooLarge,
                        "the file has \(stamp.size) bytes; \(original.kind == .ndjson ? "an .ndjson" : "a .json") file may have "
                            + "\(QueueHandle.limit(original) >> 20) MiB"))
            } else {
                .unreadable(Rejection(.notRegularFile, "this is no regular file, and is never opened or followed; drop the file itself"))
            }
        return TakenFile(content: content, stamp: stamp, sequence: sequence, original: original, taken: own, queue: self)
    }

    /// The directory that a long name needed goes when it is empty.
    func removeFolder(of own: FileName) {
        guard let folder = TakenName.folder(of: own) else { return }
        _ = folder.withPath { unlinkat(taken, $0, AT_REMOVEDIR) }
    }
}

/// Names in `.taken/`: `SEQUENCE.NAME`, or `SEQUENCE/NAME` where that would be too long for a name.
enum TakenName {
    static let digits = 16

    static func make(_ sequence: UInt64, _ name: FileName) -> FileName {
        let isNested = name.bytes.count + digits + 1 > FileName.maximumLength
        return FileName(bytes: folder(sequence).bytes + [UInt8(ascii: isNested ? "/" : ".")] + name.bytes)
    }

    static func folder(_ sequence: UInt64) -> FileName {
        var bytes = [UInt8](repeating: 0x30, count: digits)
        var rest = sequence
        var index = digits - 1
        while rest > 0, index >= 0 {
            bytes[index] = 0x30 + UInt8(rest % 10)
            rest /= 10
            index -= 1
        }
        return FileName(bytes: bytes)
    }

    static func isNested(_ own: FileName) -> Bool { own.bytes.count > digits && own.bytes[digits] == UInt8(ascii: "/") }

    static func folder(of own: FileName) -> FileName? { isNested(own) ? FileName(bytes: Array(own.bytes[..<digits])) : nil }

    /// The sequence number that a name in `.taken/` begins with; nil where the name is not ours.
    static func sequence(_ entry: FileName) -> UInt64? {
        guard entry.bytes.count >= digits, entry.bytes[..<digits].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        if entry.bytes.count > digits, entry.bytes[digits] != UInt8(ascii: "."), !isNested(entry) { return nil }
        return UInt64(String(decoding: entry.bytes[..<digits], as: UTF8.self))
    }
}
