// What a look into the files that wait says: whose writer has not finished, and how long they have been there.

import Glibc

extension SpoolCounts {
    /// Bytes that one look reads.
    private static let budget = 64 << 20

    mutating func inspect(_ names: [FileName], in queue: String) {
        let directory = open(queue, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        defer { close(directory) }
        var budget = Self.budget
        for name in names {
            guard let stamp = FileStamp.of(name, in: directory) else { continue }
            oldest = min(oldest ?? stamp.modifiedDate, stamp.modifiedDate)
            // Too large is too large, whole or not.
            guard stamp.isRegular, stamp.size <= QueueHandle.limit(name), budget > 0 else { continue }
            guard let bytes = Self.ending(of: name, stamp, in: directory) else { continue }
            budget -= bytes.count
            if Completeness.endsEarly(bytes, isNDJSON: name.kind == .ndjson) { incomplete += 1 }
        }
    }

    /// An object whole; of lines as much of the end as the last one may have.
    private static func ending(of name: FileName, _ stamp: FileStamp, in directory: Int32) -> [UInt8]? {
        let file = name.withPath { openat(directory, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) }
        guard file >= 0 else { return nil }
        defer { close(file) }
        let start = name.kind == .ndjson ? max(0, stamp.size - TakenFile.maximumLine - 1) : 0
        return QueueHandle.read(file, from: start, expecting: stamp.size, limit: QueueHandle.limit(name))
    }
}
