// The samples that inputs are made of: files in Corpus/, and what the other tests have already.

import Foundation

/// Samples from the checkout.
public enum Corpus {
    /// `Tests/Fuzz` of the checkout that this was built from.
    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    private static var root: URL { folder.deletingLastPathComponent().deletingLastPathComponent() }

    /// The files of `Corpus/NAME`, in the order of their names.
    static func samples(_ name: String) -> [[UInt8]] { files(in: folder.appending(path: "Corpus/\(name)")) }

    static func samples(inCheckout path: String, ending: String) -> [[UInt8]] { files(in: root.appending(path: path), ending: ending) }

    /// The templates that Tocsin comes with, by their paths below `templates/`.
    static func templates() -> [(path: String, bytes: [UInt8])] {
        let directory = root.appending(path: "templates").resolvingSymlinksInPath()
        return names(in: directory).flatMap { name in
            names(in: directory.appending(path: name)).compactMap { file in
                bytes(of: directory.appending(path: "\(name)/\(file)")).map { ("\(name)/\(file)", $0) }
            }
        }
    }

    private static func files(in directory: URL, ending: String = "") -> [[UInt8]] {
        names(in: directory).filter { $0.hasSuffix(ending) }.compactMap { bytes(of: directory.appending(path: $0)) }
    }

    private static func names(in directory: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

    private static func bytes(of file: URL) -> [UInt8]? { (try? Data(contentsOf: file)).map(Array.init) }
}
