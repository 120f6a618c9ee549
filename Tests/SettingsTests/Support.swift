// What the tests of this room share: where things are, and loading a text as if it were a file.

import Foundation
import Settings
import Testing

enum Place {
    static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    static let fixtures = folder.appending(path: "Fixtures")
    /// The checkout.
    static let root = folder.deletingLastPathComponent().deletingLastPathComponent()
}

/// Every secret that the tests know holds this word; no finding may.
let tellTale = "s3cret"

let environment = [
    "SLACK": "https://hooks.slack.com/services/T0/B0/s3cret", "PASSWORD": "hunter2s3cret", "EMPTY": "",
    "BAD_URL": "ftp://s3cret.example.com/x y", "DKIM_KEY": "-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----",
]

/// A directory that goes away with the test.
final class TemporaryDirectory {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "tocsin-configuration-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    @discardableResult
    func write(_ name: String, _ content: Data, mode: Int = 0o600) throws -> String {
        let file = url.appending(path: name)
        try content.write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
        return file.path
    }

    @discardableResult
    func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String { try write(name, Data(text.utf8), mode: mode) }
}

func load(_ text: String, _ environment: [String: String] = environment, placeholders: Bool = false) throws -> LoadResult {
    let directory = try TemporaryDirectory()
    let path = try directory.write("routes.yaml", text)
    return ConfigurationLoader.load(path: path, environment: environment, placeholderSecrets: placeholders)
}

extension LoadResult {
    /// `3:5: error: …`, one a line.
    var lines: [String] {
        diagnostics.map { diagnostic in
            let place = diagnostic.line.map { "\($0):\(diagnostic.column ?? 0): " } ?? ""
            return "\(place)\(diagnostic.severity.rawValue): \(diagnostic.message)"
        }
    }

    var errors: [String] { diagnostics.filter { $0.severity == .error }.map(\.message) }
}

/// A good file, with one more line somewhere.
func file(
    top: String = "", slack: String = "", mail: String = "", sms: String = "", person: String = "", people: String = "", route: String = ""
) -> String {
    """
    version: 1
    \(top)
    channels:
      ops: {type: slack, token: "${env:PASSWORD}", channel: C0123456\(slack)}
      mail: {type: email, server: "smtp://localhost:2525", from: ops@example.com\(mail)}
      text: {type: sms, gateway: twilio, account: AC0123456789abcdef0123456789abcdef, token: "${env:PASSWORD}", from: "+15557654321"\(sms)}
    people:
      ana: {email: ana@example.com, sms: "+447700900123", via: [mail, text]\(person)}
      \(people)
    routes:
      - {name: all\(route.contains(" to:") ? "" : ", to: [ops, ana]")\(route)}

    """
}
