// The directory of the state, where it is there already: whose it is, and who can write to it.

import Foundation

extension Validation {
    /// A warning where somebody else could put a file of his own in the place of ours. That others can read the
    /// directory's names is no matter: the database has mode 0600 whatever the directory's is.
    func checkStateDirectory() {
        guard decoded.directoriesAreKnown else { return }
        let path = decoded.router.state
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
        guard let danger = Self.danger(mode: status.st_mode, owner: status.st_uid, user: geteuid()) else { return }
        findings.warning("the state directory \(path) \(danger)", at: reader.routerSection?.place(of: "state") ?? reader.root.place)
    }

    /// The end of a sentence about the directory; nil where all is well. Root checks for somebody else: whose it is
    /// says nothing then.
    static func danger(mode: mode_t, owner: uid_t, user: uid_t) -> String? {
        if mode & S_IWOTH != 0 { return "can be written by every user of this machine; `chmod 700` it" }
        if mode & S_IWGRP != 0 { return "can be written by its group; `chmod 700` it" }
        if user != 0, owner != user, owner != 0 { return "belongs to another user (\(owner)), who can replace what is in it" }
        return nil
    }
}
