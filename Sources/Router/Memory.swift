// How the C library hands out memory. By default each thread comes to a pool of its own, and what one pool has free is of no
// use to the others: with the router's dozen threads that is a tenth of all its memory.

import CLinux

/// The memory of the process.
public enum Memory {
    /// Fewer are smaller, and slower where threads meet: docs/benchmarks.md says by how much.
    private static let pools: Int32 = 2

    /// Has all threads share the pools; to be called before there are many threads.
    ///
    /// - Returns: false where the C library does not take it; then memory is as it was (mallopt(3)).
    @discardableResult
    public static func share() -> Bool { clinux_limit_arenas(pools) == 1 }
}
