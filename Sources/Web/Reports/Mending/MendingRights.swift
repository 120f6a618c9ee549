// What may be said by mending a rejected file on the page: no more than its owner may say, and nothing in another's name.

import Glibc
import Incidents
import JSON
import Router
import Settings
import Spool

/// Who speaks where a mended file is dropped: the page writes it, so the router cannot tell any more by whose it is.
struct MendingRights {
    /// Of the rejected file; nil: nobody knows.
    let owner: UInt32?
    /// It came by HTTP, where a token was the authority: `router.trust` does not bind it.
    let isFromHTTP: Bool
    /// Whoever mends it, as `by` says it.
    let by: String
    let setup: Setup

    init(of file: RejectedFile, _ form: FormRequest) {
        owner = file.owner
        isFromHTTP = file.name.hasPrefix(QueueLoad.httpPrefix) && file.owner == geteuid()
        by = form.by
        setup = form.house.setup.value
    }

    /// What people decide counts because of who says it: it is said on its own page, never by writing a file.
    private static let personal: Set<EventType> = [.acknowledgement, .approval, .broadcast]

    /// Nil: it may be said.
    func objection(to event: Event) -> Rejection? {
        if Self.personal.contains(event.type) {
            return Rejection(
                .notAllowed,
                "\(event.type.phrase) event is not dropped from here, because it counts by who says it: do it on its own page, or "
                    + "mend the file in rejected/ and requeue it", pointer: "/type")
        }
        let table = setup.configuration.table
        for (name, value) in (event.document.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let written = value["by"]?.string, table.person(meantBy: written) != table.person(meantBy: by) else { continue }
            return Rejection(
                .notAllowed, "`by` names somebody else: what you drop here you say yourself; write `\(by)`, or take `by` out",
                pointer: "/\(name)/by")
        }
        guard let trust = setup.trust, !isFromHTTP else { return nil }
        if let owner, trust[owner, default: []].contains(event.type) { return nil }
        let whose = owner.map { "the owner of the rejected file (user id \($0))" } ?? "the owner of the rejected file"
        return Rejection(
            .forbiddenType, "\(whose) may not drop \(event.type.phrase) event: `router.trust` in routes.yaml says who may", pointer: "/type"
        )
    }
}
