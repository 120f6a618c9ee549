// swift-tools-version: 6.2
// The rooms of the house and which way the arrows point: docs/internals.md.

import PackageDescription

/// Every target of ours is compiled in Swift 6 mode, and a warning is an error.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = false) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: fixtures ? ["Fixtures"] : [], swiftSettings: strict)
}

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")

let package = Package(
    name: "tocsin",
    products: [.executable(name: "tocsin", targets: ["tocsin"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("crypto")]),
        .target(name: "CLinux"),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2"), .linkedLibrary("stdc++")]),

        room("CrashPoints"),
        room("JSON"),
        room("Exposition", [.product(name: "CoreMetrics", package: "swift-metrics")]),
        room("Cryptography", ["COpenSSL"]),
        room("Incidents", ["JSON", "Cryptography"]),
        room("Routing", ["Incidents", "CRE2", "JSON"]),
        room("Settings", ["Routing", "Incidents", "JSON", "Cryptography", .product(name: "Yams", package: "Yams")]),
        .executableTarget(name: "embed-templates", path: "Sources/EmbedTemplates", swiftSettings: strict),
        .plugin(name: "EmbedTemplates", capability: .buildTool(), dependencies: ["embed-templates"]),
        .target(
            name: "Rendering", dependencies: ["Incidents", "JSON", .product(name: "Mustache", package: "swift-mustache")],
            swiftSettings: strict, plugins: ["EmbedTemplates"]),
        .target(
            name: "Adapters", dependencies: ["Settings", "Routing", "Incidents", "JSON", "Cryptography"], swiftSettings: strict,
            plugins: ["EmbedTemplates"]),
        room("Transport", ["CCurl", "CLinux"]),
        room("Delivery", ["Settings", "Rendering", "Routing", "Transport", "Cryptography", "Incidents", "JSON", collections]),
        room(
            "Ledger",
            [
                "CrashPoints", "Incidents", "Routing", "JSON", "Cryptography", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        room("Spool", ["CrashPoints", "Incidents", "JSON", "CLinux"]),
        room("Sandbox", nio + ["JSON", "Rendering", "Settings"]),
        room(
            "Router",
            [
                "CrashPoints", "Adapters", "Spool", "Ledger", "Delivery", "Transport", "Rendering", "Routing", "Settings", "Incidents",
                "JSON", "Cryptography", "CLinux",
                log, metrics, collections,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .target(
            name: "Web",
            dependencies: [
                "Adapters", "Exposition", "Router", "Ledger", "Spool", "Delivery", "Rendering", "Routing", "Settings", "Incidents", "JSON",
                "Cryptography",
                log, .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [
                .embedInCode("Intake/openapi.yaml"),
                .embedInCode("Pages/Assets/page.css"), .embedInCode("Pages/Assets/page.js"), .embedInCode("Pages/Assets/icon.svg"),
                .embedInCode("Pages/Words/pages.en.json"), .embedInCode("Pages/Words/pages.de.json"),
                .embedInCode("Reports/reports.css"),
                .embedInCode("Reports/Words/reports.en.json"), .embedInCode("Reports/Words/reports.de.json"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "tocsin",
            dependencies: [
                "CrashPoints", "Router", "Web", "Sandbox", "Adapters", "JSON", "Incidents", "Routing", "Settings", "Rendering", "Transport",
                "Delivery", "Ledger", "Spool", "Exposition",
                log, metrics,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(name: "tocsin-bench", path: "Benchmarks/TocsinBench", swiftSettings: strict),

        .executableTarget(name: "tocsin-fuzz", dependencies: ["Fuzz"], path: "Benchmarks/TocsinFuzz", swiftSettings: strict),

        tests("JSONTests", ["JSON"]),
        tests("ExpositionTests", ["Exposition", metrics]),
        .target(name: "TestKeys", path: "Tests/TestKeys", swiftSettings: strict),
        .target(
            name: "Fuzz",
            dependencies: [
                "Adapters", "Delivery", "Settings", "Rendering", "Routing", "Transport", "Spool", "Incidents", "JSON", "TestKeys",
            ],
            path: "Tests/Fuzz", exclude: ["Corpus"], swiftSettings: strict),
        tests("FuzzTests", ["Fuzz"]),
        tests("CryptographyTests", ["Cryptography", "JSON", "TestKeys"]),
        tests("IncidentsTests", ["Incidents", "JSON"]),
        tests("RoutingTests", ["Routing", "Incidents", "JSON"]),
        tests("SettingsTests", ["Settings", "Routing", "Incidents", "JSON", "Cryptography"], fixtures: true),
        tests("RenderingTests", ["Rendering", "Incidents", "JSON", .product(name: "Mustache", package: "swift-mustache")]),
        tests("AdaptersTests", ["Adapters", "Settings", "Incidents", "JSON", "Cryptography"], fixtures: true),
        tests("TransportTests", ["Transport"], fixtures: true),
        tests(
            "DeliveryTests",
            ["Delivery", "Settings", "Rendering", "Routing", "Transport", "Incidents", "JSON", "Cryptography", "TestKeys"]),
        tests("LedgerTests", ["Ledger", "Routing", "Incidents", "JSON", .product(name: "GRDB", package: "GRDB.swift")]),
        tests("SpoolTests", ["Spool", "Incidents", "JSON"]),
        tests("SandboxTests", ["Sandbox", "Settings", "Rendering", "JSON"] + nio),
        tests("RouterTests", ["Router", "Settings", "Delivery", "Ledger", "Spool", "Incidents", log]),
        tests(
            "WebTests",
            [
                "Web", "Router", "Settings", "Ledger", "Spool", "Incidents", "Routing", "JSON", "Cryptography", "Delivery", "Transport",
                log,
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Yams", package: "Yams"),
            ]),
        tests(
            "AcceptanceTests",
            ["tocsin", "CrashPoints", "Sandbox", "Settings", "JSON", "Cryptography", .product(name: "GRDB", package: "GRDB.swift")]),
    ]
)
