// GET /openapi.yaml: what the HTTP side answers, for programs that make clients of it. The file is docs/openapi.yaml.

import Hummingbird

enum OpenAPIDescription {
    static var text: [UInt8] { PackageResources.openapi_yaml }

    static func add(to router: Hummingbird.Router<WebContext>) {
        router.get("/openapi.yaml") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/yaml; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(bytes: PackageResources.openapi_yaml)))
        }
    }
}
