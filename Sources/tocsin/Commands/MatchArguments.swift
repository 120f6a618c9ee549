// `service=search severity=">=high" labels.region=eu`: conditions as arguments of a command.

import Incidents
import Router
import Routing

extension MatchWords {
    /// The same, for commands.
    ///
    /// - Throws: exit status 64, having said what would be right.
    static func arguments(_ words: [String], scale: SeverityScale) throws -> MatchWords {
        do {
            return try MatchWords(words, scale: scale)
        } catch {
            throw usage(error.message)
        }
    }
}
