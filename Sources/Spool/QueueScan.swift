// One look at the whole directory, in bounded memory: of more files than that, the oldest are kept, and the caller
// looks again when it is through with them.

import Glibc

struct QueueScan {
    struct Found {
        var name: FileName
        var stamp: FileStamp
    }

    /// In order: modification time, then name.
    var files: [Found] = []
    /// There were more than were kept.
    var isPartial = false
    /// Names that are left alone.
    var ignored = 0
    /// Why the directory could not be read to its end; 0 where it could.
    var failure: Int32 = 0

    /// - Parameter isKnown: names that need no look.
    init(_ queue: QueueHandle, limit: Int, isKnown: (FileName) -> Bool) {
        var found: [Found] = []
        var others = 0
        var partial = false
        failure = QueueHandle.eachName(in: queue.queue) { name, _ in
            guard name.kind != .other else {
                if !QueueScan.isOurs(name) { others += 1 }
                return true
            }
            if isKnown(name) { return true }
            guard let stamp = FileStamp.of(name, in: queue.queue) else {
                // What cannot even be looked at is met again when it is taken.
                return true
            }
            found.append(Found(name: name, stamp: stamp))
            if found.count >= limit * 2 {
                QueueScan.sort(&found)
                found.removeLast(found.count - limit)
                partial = true
            }
            return true
        }
        QueueScan.sort(&found)
        if found.count > limit {
            found.removeLast(found.count - limit)
            partial = true
        }
        files = found
        ignored = others
        isPartial = partial
    }

    static func isOurs(_ name: FileName) -> Bool {
        ["rejected", "tmp", ".taken", ".lock"].contains { name.bytes == Array($0.utf8) }
    }

    private static func sort(_ found: inout [Found]) {
        found.sort { $0.stamp.modified != $1.stamp.modified ? $0.stamp.modified < $1.stamp.modified : $0.name < $1.name }
    }
}
