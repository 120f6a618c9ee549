// One text of a template, compiled: as a program where it can be one, else for the engine.

import Mustache

struct TextTemplate: Sendable {
    /// Nil where the engine has to render.
    let program: TemplateProgram?
    let engine: MustacheTemplate
    let destination: Destination

    init(_ engine: MustacheTemplate, _ destination: Destination, _ partials: Partials) {
        self.engine = engine
        self.destination = destination
        program = TemplateProgram(engine, destination, partials: partials.programs(destination))
    }

    /// The text, filled in and tidied.
    func filled(_ stack: TemplateStack, _ partials: Partials) -> String { Shortening.tidy(raw(stack, partials)) }

    private func raw(_ stack: TemplateStack, _ partials: Partials) -> String {
        guard let program else { return engine.render(stack.value.any, library: partials.library(destination)) }
        var out = ""
        program.write(stack, to: &out)
        return out
    }
}
