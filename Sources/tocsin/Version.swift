// The one place of the version; `scripts/version` reads it for the package.

enum Version {
    static let number = "0.1.0"
}
