// The adapters that Tocsin comes with: the files of adapters/, embedded.

import JSON

extension Adapter {
    private static let shipped: [String: Adapter] = {
        var adapters: [String: Adapter] = [:]
        for (path, text) in EmbeddedAdapters.files {
            if let adapter = read(text, path: "adapters/\(path)").adapter { adapters[adapter.name] = adapter }
        }
        return adapters
    }()

    /// The names of the adapters that Tocsin comes with, sorted.
    public static var shippedNames: [String] { EmbeddedAdapters.files.keys.map(name(ofFile:)).sorted() }

    /// One of the adapters that Tocsin comes with.
    public static func shipped(_ name: String) -> Adapter? { shipped[name] }

    /// Its text, to copy from.
    public static func shippedText(_ name: String) -> String? { EmbeddedAdapters.files["\(name).yaml"] }
}
