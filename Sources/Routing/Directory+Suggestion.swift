// What an unknown name in `to` was probably meant to be.

import Incidents

extension Directory {
    /// `; did you mean `x`?` among everything that an entry of `to` can name, or nothing.
    func suggestion(forName name: String, rotations: some Sequence<String> = []) -> String {
        let roles = RecipientEntry.Role.allCases.map(\.rawValue)
        return Suggestion.clause(
            for: name, among: Array(channels.keys) + Array(people.keys) + Array(teams.keys) + Array(rotations) + roles)
    }

    /// The same among the channels that can send to somebody's address: the others would be no help.
    func suggestion(forChannel name: String) -> String {
        Suggestion.clause(for: name, among: channels.values.filter(\.takesAddresses).map(\.name))
    }
}
