// What a slow writer has added to a file after it was taken. It held the file open, so it writes into the one that is
// ours now; nothing of it may be lost.

import Glibc

extension TakenFile {
    /// The addition as a file of its own, whose lines are counted on; nil where it cannot be read, or ends too early.
    /// A `.json` file is one document: it is handed out whole, as it is now.
    func addition(_ stamp: FileStamp, isSettled: Bool) -> TakenFile? {
        let descriptor = taken.withPath { openat(queue.taken, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard stamp.size <= QueueHandle.limit(original) else {
            // The queue's own reader says what is wrong with it.
            if case .taken(let file) = queue.reread(taken, original: original, sequence: sequence, isSettled: { _ in true }) { return file }
            return nil
        }
        guard let bytes = QueueHandle.read(descriptor, from: isNDJSON ? size : 0, expecting: stamp.size, limit: QueueHandle.limit(original))
        else { return nil }
        if Completeness.endsEarly(bytes, isNDJSON: isNDJSON), !isSettled, !bytes.allSatisfy({ $0 <= 0x20 }) { return nil }
        var line = firstLine
        if isNDJSON, case .bytes(let before) = content { line += before.count { $0 == 0x0A } }
        return TakenFile(
            content: .bytes(bytes), stamp: stamp, sequence: sequence, original: original, taken: taken, queue: queue,
            firstLine: isNDJSON ? line : 1)
    }
}
