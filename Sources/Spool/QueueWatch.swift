// The kernel's word on what comes into the queue directory: inotify(7).

import CLinux
import Glibc

/// What has been heard.
enum QueueNews: Sendable {
    /// Moved in, or closed by its writer.
    case finished(FileName)
    /// A name has appeared; who made it may still be writing.
    case appeared(FileName)
    /// The kernel's queue overflowed: something has been missed.
    case missed
    /// The directory itself has gone, or has moved.
    case lost
}

final class QueueWatch: Sendable {
    let descriptor: Int32

    /// The watch that the options ask for; nil where polling is asked for, or inotify does not work, which is reported.
    static func start(_ queue: QueueHandle, _ options: SpoolOptions, _ troubles: TroubleReport) -> QueueWatch? {
        guard options.watch == .inotify || options.watch == .automatic && !queue.isRemote else { return nil }
        if let watch = QueueWatch(queue: queue) { return watch }
        let advice = "looking every \(options.pollInterval) s instead; see fs.inotify.max_user_instances and max_user_watches"
        troubles.report(
            SpoolError(errno: errno, doing: "be told of new files in \(queue.directory.path) (\(advice))"), about: "watch")
        return nil
    }

    /// Nil where inotify does not work (too many instances or watches, or not supported): see `errno`.
    init?(queue: QueueHandle) {
        let descriptor = clinux_inotify()
        guard descriptor >= 0 else { return nil }
        let wanted = UInt32(IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
        // By descriptor, so that what is watched is what is open.
        let watch = inotify_add_watch(descriptor, "/proc/self/fd/\(queue.queue)", wanted)
        guard watch >= 0 || inotify_add_watch(descriptor, queue.directory.path, wanted) >= 0 else {
            let number = errno
            close(descriptor)
            errno = number
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Hands over all that has been heard, in the kernel's order.
    func drain(_ body: (QueueNews) -> Void) {
        let capacity = 65_536
        withUnsafeTemporaryAllocation(byteCount: capacity, alignment: MemoryLayout<inotify_event>.alignment) { buffer in
            while true {
                let count = read(descriptor, buffer.baseAddress, capacity)
                if count <= 0 {
                    if count < 0, errno == EINTR { continue }
                    return
                }
                var position = 0
                let header = MemoryLayout<inotify_event>.size
                while position + header <= count {
                    let event = buffer.loadUnaligned(fromByteOffset: position, as: inotify_event.self)
                    let raw = buffer[(position + header)..<(position + header + Int(event.len))]
                    tell(event.mask, FileName(bytes: Array(raw.prefix { $0 != 0 })), body)
                    position += header + Int(event.len)
                }
                // Less than a buffer: that was all. What comes meanwhile wakes poll(2).
                if count < capacity - 4096 { return }
            }
        }
    }

    private func tell(_ mask: UInt32, _ name: FileName, _ body: (QueueNews) -> Void) {
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { return body(.missed) }
        if mask & (UInt32(IN_IGNORED) | UInt32(IN_UNMOUNT) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)) != 0 { return body(.lost) }
        if name.bytes.isEmpty { return }
        let isDirectory = mask & UInt32(IN_ISDIR) != 0
        let isFinished = mask & (UInt32(IN_MOVED_TO) | UInt32(IN_CLOSE_WRITE)) != 0
        body(isFinished || isDirectory ? .finished(name) : .appeared(name))
    }
}
