// What the Debian package holds, and that its parts agree with one another. The package itself, with a release inside, is built and
// tried by `make test-deb`; this is what can be said in a moment.

import Foundation
import Testing

@Suite struct PackageTests {
    private let unit = PackageTests.text("packaging/tocsin.service")
    private let container = PackageTests.text("Containerfile")
    private let postinst = PackageTests.text("packaging/debian/postinst")
    private let postrm = PackageTests.text("packaging/debian/postrm")

    private static func text(_ path: String) -> String {
        (try? String(contentsOf: repository.appendingPathComponent(path), encoding: .utf8)) ?? ""
    }

    /// The values of a key of the unit.
    private func unit(_ key: String) -> [String] {
        unit.split(separator: "\n").filter { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
    }

    private static func run(_ program: String, _ arguments: String...) async throws -> Workspace.Result {
        let process = try RunningProgram(program, arguments, in: repository.path)
        let status = await process.wait()
        return Workspace.Result(status: status, output: process.output, errors: process.errors)
    }

    /// The configuration that is installed is good, and says itself that nobody is told of anything.
    @Test func theInstalledConfigurationIsGood() async throws {
        let workspace = try Workspace(Self.text("packaging/routes.yaml"))
        let check = try await workspace.run("check")
        #expect(check.status == 0, "\(check.output)")
        #expect(check.lines.count == 2 && check.output.contains("nothing can be sent"), "\(check.output)")
        #expect(Self.text("packaging/debian/conffiles") == "/etc/tocsin/routes.yaml\n")
    }

    /// What its comments offer is good as well, once it is no comment any more.
    @Test func whatItOffersIsGood() async throws {
        let lines = Self.text("packaging/routes.yaml").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let start = try #require(lines.firstIndex(of: "# channels:"))
        let offered = lines[start...].map { String($0.dropFirst(2)) }.joined(separator: "\n")
        let workspace = try Workspace("")
        for (name, secret) in [("slack", "https://example.com/x"), ("mail", "x")] {
            try workspace.write(secret, to: name)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(workspace.path)/\(name)")
        }
        let text = (lines[..<start].joined(separator: "\n") + "\n" + offered).replacing("/etc/tocsin/secrets/", with: workspace.path + "/")
        try workspace.write(text, to: "routes.yaml")
        let check = try await workspace.run("check")
        #expect(check.status == 0 && check.output.isEmpty, "\(check.output)")
    }

    @Test func unitPackageAndContainerNameTheSamePlaces() throws {
        let routes = Self.text("packaging/routes.yaml")
        #expect(unit("ExecStart") == ["/usr/bin/tocsin run --config /etc/tocsin/routes.yaml"])
        #expect(container.contains(#"ENTRYPOINT ["/usr/bin/tocsin"]"#))
        #expect(container.contains(#"CMD ["run", "--config", "/etc/tocsin/routes.yaml"]"#))
        #expect(unit("User") == ["tocsin"] && unit("Group") == ["tocsin"] && container.contains("\nUSER tocsin\n"))
        #expect(unit("WorkingDirectory") == ["/var/lib/tocsin"] && unit("StateDirectory") == ["tocsin"])
        #expect(routes.contains("state: /var/lib/tocsin ") && routes.contains("queue: /var/spool/tocsin "))
        #expect(unit("ReadWritePaths") == ["/var/spool/tocsin"])
        #expect(container.contains(#"VOLUME ["/etc/tocsin", "/var/lib/tocsin", "/var/spool/tocsin"]"#))
        for place in ["/var/lib/tocsin", "/var/spool/tocsin"] {
            #expect(postinst.contains(place) && postrm.contains(place))
        }
        for user in ["tocsin", "tocsin-producers"] {
            #expect(postinst.contains(" \(user)\n") && postrm.contains(user) && container.contains(" \(user) "))
        }
        #expect(postinst.contains("directory tocsin tocsin \(unit("StateDirectoryMode").first ?? "")"))
        #expect(postinst.contains("chmod \(unit("ConfigurationDirectoryMode").first ?? "") /etc/tocsin"))
    }

    /// The service may do what a router does, and nothing else.
    @Test(arguments: [
        "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes",
        "SystemCallFilter=@system-service", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK", "MemoryDenyWriteExecute=yes",
        "RestrictSUIDSGID=yes", "LimitNOFILE=65536", "Type=notify", "KillMode=mixed", "Restart=on-failure",
    ])
    func theUnitIsHardened(line: String) { #expect(unit.split(separator: "\n").contains { $0 == line }) }

    @Test(arguments: ["postinst", "prerm", "postrm"]) func maintainerScriptsParse(name: String) async throws {
        let parsed = try await Self.run("/bin/sh", "-n", "packaging/debian/\(name)")
        #expect(parsed.status == 0, "\(parsed.errors)")
    }

    @Test(arguments: ["scripts/deb", "scripts/test-deb", "scripts/version", "packaging/tree"])
    func scriptsParse(name: String) async throws {
        let parsed = try await Self.run("/bin/bash", "-n", name)
        #expect(parsed.status == 0, "\(parsed.errors)")
    }

    @Test func thereIsOneVersion() async throws {
        let version = try await Self.run(repository.appendingPathComponent("scripts/version").path).lines
        #expect(version.count == 1)
        let program = try await Self.run(tocsin, "--version").lines
        #expect(program == version.map { "tocsin \($0)" })
    }

    @Test func whatThePackageHolds() async throws {
        let workspace = try Workspace("")
        let laid = try await Self.run(repository.appendingPathComponent("packaging/tree").path, tocsin, workspace.path + "/root")
        #expect(laid.status == 0, "\(laid.errors)")
        func mode(_ path: String) throws -> Int {
            try #require(try FileManager.default.attributesOfItem(atPath: "\(workspace.path)/root\(path)")[.posixPermissions] as? Int)
        }
        for (path, wanted) in [
            ("/usr/bin/tocsin", 0o755), ("/lib/systemd/system/tocsin.service", 0o644), ("/etc/tocsin", 0o750),
            ("/etc/tocsin/routes.yaml", 0o640), ("/usr/share/man/man1/tocsin.1.gz", 0o644),
            ("/usr/share/bash-completion/completions/tocsin", 0o644), ("/usr/share/zsh/vendor-completions/_tocsin", 0o644),
            ("/usr/share/fish/vendor_completions.d/tocsin.fish", 0o644), ("/usr/share/doc/tocsin/copyright", 0o644),
            ("/usr/share/doc/tocsin/docs/README.md", 0o644), ("/usr/share/doc/tocsin/examples/routes.yaml.example", 0o644),
            ("/usr/share/tocsin/templates/default/slack.json", 0o644), ("/usr/share/doc/tocsin/licences/GRDB.swift", 0o644),
        ] {
            #expect(try mode(path) == wanted, "\(path)")
        }
        let manual = try await Self.run("/bin/zcat", workspace.path + "/root/usr/share/man/man1/tocsin.1.gz").output
        for command in CommandTests.commands { #expect(manual.contains("\n.SS \(command)\n"), "the manual has \(command)") }
    }
}
