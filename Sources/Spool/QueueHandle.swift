// The queue directory, opened and locked. Every call goes through descriptors of directories, so that what was taken
// from a directory goes back to the same one, even where somebody has put another in its place meanwhile.

import CLinux
import Glibc

final class QueueHandle: Sendable {
    let directory: SpoolDirectory
    let queue: Int32
    let taken: Int32
    let rejected: Int32
    let lock: DirectoryLock
    let device: UInt64
    let inode: UInt64
    /// On file systems whose changes another machine can make, the kernel does not tell us of them.
    let isRemote: Bool

    /// Opens; creates what is missing of the directory itself, `tmp/`, `rejected/` and `.taken/`.
    ///
    /// - Parameter lock: held already, where the same directory is opened again.
    init(path: String, lock held: DirectoryLock? = nil) throws(SpoolError) {
        let directory = SpoolDirectory(path: path)
        try QueueHandle.create(directory.path, mode: 0o777)
        let lock: DirectoryLock
        if let held { lock = held } else { lock = try DirectoryLock(directory: directory.path) }
        try QueueHandle.createStaging(directory)
        try QueueHandle.create(directory.rejected, mode: 0o777)
        try QueueHandle.create(directory.taken, mode: 0o700)
        var opened: [Int32] = []
        for place in [directory.path, directory.taken, directory.rejected] {
            // Who may write to the queue must not lead us elsewhere with what is taken.
            let isOwn = place == directory.taken
            let descriptor = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (isOwn ? O_NOFOLLOW : 0))
            if descriptor < 0 {
                let error = SpoolError(errno: errno, doing: "open \(place)")
                for other in opened { close(other) }
                throw error
            }
            opened.append(descriptor)
        }
        self.directory = directory
        self.lock = lock
        queue = opened[0]
        taken = opened[1]
        rejected = opened[2]
        let stamp = FileStamp.of(queue)
        device = stamp?.device ?? 0
        inode = stamp?.inode ?? 0
        isRemote = QueueHandle.remote.contains(clinux_filesystem_type(queue))
    }

    deinit {
        close(queue)
        close(taken)
        close(rejected)
    }

    private static func create(_ path: String, mode: mode_t) throws(SpoolError) {
        if mkdir(path, mode) != 0, errno != EEXIST { throw SpoolError(errno: errno, doing: "create the directory \(path)") }
    }

    /// Who may drop into the queue may stage there: `tmp/` gets the queue's own mode and group. One that is there
    /// already is left as it is.
    private static func createStaging(_ directory: SpoolDirectory) throws(SpoolError) {
        if mkdir(directory.staging, 0o755) != 0 {
            if errno == EEXIST { return }
            throw SpoolError(errno: errno, doing: "create the directory \(directory.staging)")
        }
        let staging = open(directory.staging, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard staging >= 0 else { return }
        defer { close(staging) }
        var queue = stat()
        var own = stat()
        guard stat(directory.path, &queue) == 0, fstat(staging, &own) == 0, own.st_uid == geteuid() else { return }
        // Where the group cannot be given, another one must not get its rights.
        guard own.st_gid == queue.st_gid || fchown(staging, uid_t.max, queue.st_gid) == 0 else { return }
        fchmod(staging, queue.st_mode & 0o7777)
    }

    /// Whether the path still leads here.
    var isInPlace: Bool {
        var facts = stat()
        guard stat(directory.path, &facts) == 0 else { return false }
        return UInt64(facts.st_dev) == device && UInt64(facts.st_ino) == inode
    }

    /// Whether its own directories are still there.
    var isWhole: Bool {
        var facts = stat()
        return [taken, rejected].allSatisfy { fstat($0, &facts) == 0 && facts.st_nlink > 0 }
    }

    /// NFS, SMB1, SMB2, CIFS, FUSE (sshfs, virtiofs and others), 9p, AFS, Coda, Ceph, GFS2, OCFS2, Lustre (statfs(2)).
    private static let remote: Set<Int64> = [
        0x6969, 0x517B, 0xFE53_4D42, 0xFF53_4D42, 0x6573_5546, 0x0102_1997, 0x5346_414F, 0x7375_7245, 0x00C3_6400, 0x0116_1970,
        0x7461_636F, 0x0BD0_0BD0,
    ]

    /// Renames without ever replacing anything. Returns 0 or an `errno`; EEXIST where the name is taken.
    static func move(_ from: FileName, in fromDirectory: Int32, to: FileName, in toDirectory: Int32) -> Int32 {
        from.withPath { source in
            to.withPath { target in
                if clinux_rename_noreplace(fromDirectory, source, toDirectory, target) == 0 { return 0 }
                let number = errno
                guard number == EINVAL || number == ENOSYS || number == EOPNOTSUPP else { return number }
                // NFS and some FUSE file systems cannot promise it: a hard link does, for what can be linked.
                if linkat(fromDirectory, source, toDirectory, target, 0) == 0 {
                    return unlinkat(fromDirectory, source, 0) == 0 ? 0 : errno
                }
                if errno == EEXIST { return EEXIST }
                if faccessat(toDirectory, target, F_OK, AT_SYMLINK_NOFOLLOW) == 0 { return EEXIST }
                return renameat(fromDirectory, source, toDirectory, target) == 0 ? 0 : errno
            }
        }
    }

    /// Writes a new file and sees it to the disk. Returns 0 or an `errno`; what could not be finished is removed.
    static func write(_ bytes: [UInt8], to name: FileName, in directory: Int32, mode: mode_t = 0o666) -> Int32 {
        let file = name.withPath { openat(directory, $0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode) }
        guard file >= 0 else { return errno }
        var failure: Int32 = 0
        var done = 0
        while done < bytes.count, failure == 0 {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: done), bytes.count - done) }
            if count >= 0 { done += count } else if errno != EINTR { failure = errno }
        }
        if failure == 0, fsync(file) != 0 { failure = errno }
        if close(file) != 0, failure == 0 { failure = errno }
        if failure != 0 { _ = name.withPath { unlinkat(directory, $0, 0) } }
        return failure
    }

    /// The bytes of a file from an offset on, at most `limit` of them; nil where the system refuses (see `errno`).
    static func read(_ file: Int32, from offset: Int = 0, expecting size: Int, limit: Int) -> [UInt8]? {
        var failed = false
        let capacity = min(size - min(offset, size), limit) + 1
        var bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            while count < capacity {
                let got = pread(file, buffer.baseAddress?.advanced(by: count), capacity - count, off_t(offset + count))
                if got == 0 { break }
                if got > 0 { count += got } else if errno != EINTR { failed = true; break }
                // All that was expected, and no more: whether it grows right now the stamp tells, as it does a moment later.
                if count == capacity - 1 { break }
            }
        }
        // One byte more than was expected means that the file has grown: the stamp tells, and it is read again.
        if bytes.count == capacity { bytes.removeLast() }
        return failed ? nil : bytes
    }

    /// The names in a directory, without `.` and `..`; stops where `body` returns false. Returns 0 or an `errno`.
    static func eachName(in directory: Int32, _ body: (FileName, _ type: UInt8) -> Bool) -> Int32 {
        let copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { return errno }
        guard let stream = fdopendir(copy) else {
            let number = errno
            close(copy)
            return number
        }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else { return errno }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { FileName(bytes: Array($0.prefix { $0 != 0 })) }
            if name.bytes == [0x2E] || name.bytes == [0x2E, 0x2E] { continue }
            if !body(name, entry.pointee.d_type) { return 0 }
        }
    }
}
