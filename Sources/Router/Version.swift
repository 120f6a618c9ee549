// The one place of the version; `scripts/version` reads it for the package.

/// Of this build.
public enum Version {
    public static let number = "0.1.0"
}
