// The style sheet, the script and the icon, out of the binary. Their addresses change with their content, so browsers may keep them.

import Cryptography
import Foundation
import Hummingbird

/// One file of the page.
struct Asset: Sendable {
    let path: String
    let type: String
    let bytes: [UInt8]

    init(_ name: String, _ ending: String, type: String, bytes: [UInt8]) {
        self.bytes = bytes
        self.type = type
        path = "/assets/\(name)-\(SHA256.hex(bytes).prefix(16)).\(ending)"
    }

    func response() -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "public, max-age=31536000, immutable"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

enum Assets {
    static let style = Asset(
        "page", "css", type: "text/css; charset=utf-8", bytes: PackageResources.page_css + PackageResources.reports_css)
    static let script = Asset("page", "js", type: "text/javascript; charset=utf-8", bytes: PackageResources.page_js)
    static let icon = Asset("icon", "svg", type: "image/svg+xml", bytes: PackageResources.icon_svg)

    static func add(to router: Hummingbird.Router<WebContext>) {
        for asset in [style, script, icon] { router.get(RouterPath(asset.path)) { _, _ in asset.response() } }
    }
}
