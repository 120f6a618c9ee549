// What a slow writer has added to a file after it was taken. It held the file open, so it writes into the one that is
// ours now; nothing of it may be lost.

import Glibc

extension TakenFile {
    /// The addition as a file of its own, whose lines are counted on; nil where it cannot be read, or ends too early.
    ///
    /// The identity of a line that has neither an `id` nor a `time` is its content, the file's name, modification time
    /// and size, and the line's number (`origin(line:)`). Of a file that still grows, time and size are those of the
    /// moment when it was read. So there is a window: when the router dies after lines were committed and before the
    /// file is removed, and the file has grown since it was read, then those lines come again after the restart with
    /// the file's new time and size. They are new events then, and go out twice. A line with an `id`, or with a
    /// `time`, keeps its identity and counts as a duplicate; so does any line of a file that was complete when it was
    /// taken. Producers that append to a file in the queue should give their lines ids, or write aside and rename.
    ///
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
