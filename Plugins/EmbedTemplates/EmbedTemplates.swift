// Writes the files under templates/ into the module as one Swift dictionary, so that the binary needs no files beside it.

import Foundation
import PackagePlugin

@main
struct EmbedTemplates: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let templates = context.package.directoryURL.appending(path: "templates").resolvingSymlinksInPath()
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedTemplates+Files.swift")
        let inputs = Self.inputs(in: templates)
        return [
            .buildCommand(
                displayName: "Embedding templates",
                executable: try context.tool(named: "embed-templates").url,
                arguments: [templates.path, output.path],
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
