// How many files and connections the process may have open. It is settled at the start, because later it cannot be
// mended: Swift's own runtime (libdispatch, where it counts its threads) ends a process that has run out.

import Glibc

/// The limit of open files.
public enum OpenFiles {
    /// Fewer than this is refused: the ledger, the queue and the first connections need them.
    public static let least = 128
    /// From here on no load exhausts them: 512 attempts under way, the connections kept open, and what the router has itself.
    public static let ample = 1_024
    /// More than this is never asked for.
    private static let most: rlim_t = 65_536

    /// Raises the limit as far as this process may.
    ///
    /// - Returns: the limit that is in force now.
    public static func raise() -> Int {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(files, &limit) == 0 else { return ample }
        let wanted = min(limit.rlim_max, most)
        if limit.rlim_cur < wanted {
            let before = limit.rlim_cur
            limit.rlim_cur = wanted
            if setrlimit(files, &limit) != 0 { limit.rlim_cur = before }
        }
        return Int(min(limit.rlim_cur, most))
    }
}
