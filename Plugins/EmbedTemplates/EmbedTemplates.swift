// Writes the files under templates/ (under adapters/ for the target Adapters) into the module as one Swift dictionary, so
// that the binary needs no files beside it.

import Foundation
import PackagePlugin

@main
struct EmbedTemplates: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let name = target.name == "Adapters" ? "Adapters" : "Templates"
        let directory = context.package.directoryURL.appending(path: name.lowercased()).resolvingSymlinksInPath()
        let output = context.pluginWorkDirectoryURL.appending(path: "Embedded\(name)+Files.swift")
        let inputs = Self.inputs(in: directory)
        return [
            .buildCommand(
                displayName: "Embedding \(name.lowercased())",
                executable: try context.tool(named: "embed-templates").url,
                arguments: [directory.path, output.path, "Embedded\(name)"],
                inputFiles: inputs,
                outputFiles: [output])
        ]
    }

    /// All files, and the directories they are in, sorted: a change in a file makes the command run again, and so does a
    /// new one, by its directory.
    private static func inputs(in directory: URL) -> [URL] {
        let all = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        return [directory] + all.sorted { $0.path < $1.path }
    }
}
