// Whether a form was sent from one of our own pages, by what browsers say of themselves and scripts cannot forge.

import Foundation
import Hummingbird

enum FormOrigin {
    /// `Sec-Fetch-Site` and `Origin`, where the browser sends them; where it sends neither, the form's token alone decides.
    static func isOurs(_ request: Request, house: House) -> Bool {
        if let site = header("Sec-Fetch-Site", request), site != "same-origin", site != "none" { return false }
        guard let origin = header("Origin", request) else { return true }
        guard let place = place(origin) else { return false }
        let ours = [request.head.authority, house.setup.value.configuration.router.publicURL.flatMap(Self.place)]
        return ours.contains { $0?.lowercased() == place }
    }

    static func header(_ name: String, _ request: Request) -> String? { HeaderField.Name(name).flatMap { request.headers[$0] } }

    /// `host:port`, without the port where it is the scheme's own; nil for `null` and what is no origin.
    private static func place(_ url: String) -> String? {
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty else { return nil }
        let shown = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        return (shown + (parts.port.map { ":\($0)" } ?? "")).lowercased()
    }
}
