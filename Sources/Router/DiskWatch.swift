// Looks at the room on the disks of the state and the queue, so that the operators hear of a lack before it stops the
// router. Told once, until there is room again; the stop itself needs no help: files stay, and it goes on by itself.

import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Watches the room on disks.
struct DiskWatch: Service {
    /// Seconds between two looks.
    static let interval: TimeInterval = 10

    let paths: [String]
    let operators: OperatorsDesk
    let logger: Logger
    var measure: @Sendable (String) -> DiskSpace? = DiskSpace.of

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var told: Set<UInt64> = []
            while !Task.isCancelled {
                told = await look(told: told)
                try? await Task.sleep(for: .seconds(Self.interval))
            }
        }
    }

    /// - Parameter told: the file systems that were said to be nearly full.
    /// - Returns: those that are now.
    func look(told: Set<UInt64>) async -> Set<UInt64> {
        let (paths, measure) = (paths, measure)
        // A network file system may block.
        let spaces = await Blocking.run { paths.map { ($0, measure($0)) } }
        var told = told
        for case (let path, let space?) in spaces {
            if space.isNearlyFull, told.insert(space.device).inserted {
                logger.warning("the disk is nearly full", metadata: ["path": "\(path)", "free": "\(Amount.bytes(space.free))"])
                operators.diskIsNearlyFull(path: path, free: space.free)
            } else if space.hasRoomAgain, told.remove(space.device) != nil {
                logger.notice("the disk has room again", metadata: ["path": "\(path)", "free": "\(Amount.bytes(space.free))"])
            }
        }
        return told
    }
}
