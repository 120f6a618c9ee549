// The shipped templates, by their path below `templates/`. The build plugin EmbedTemplates writes them into the module.

#if !EMBEDDED_TEMPLATES
    enum EmbeddedTemplates {
        static let files: [String: String] = [:]
    }
#endif
