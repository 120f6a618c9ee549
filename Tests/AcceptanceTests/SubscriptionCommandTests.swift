// Subscriptions as people and operators deal with them: an address that confirms, an incident that is followed, a snooze.

import Foundation
import JSON
import Testing

@Suite struct SubscriptionCommandTests {
    @Test func anAddressWaitsUntilItIsConfirmed() async throws {
        let workspace = try Workspace(TimeCommandTests.routes)
        let made = try await workspace.run("subscribe", "visitor@example.org", "service=shop", "--limit", "5 per 1d")
        let id = try #require(made.lines.first)
        #expect(made.status == 0 && made.errors.contains("first they are asked"), "\(made.errors)")
        try await workspace.run("run", "--once")
        let row = try #require(try await workspace.run("subscriptions", "--json").objects.first)
        #expect(row["state"] == "unconfirmed" && row["confirmed"] == .bool(false) && row["limit"] == "5 per 1d")
        #expect(row["who"] == ["email": "visitor@example.org"] && row["confirm_by"]?.string != nil)
        #expect(try await workspace.run("subscriptions").output.contains("waits for confirmation"))
        let question = try #require(try await workspace.deliveries().first)
        #expect(question["template"] == "subscription" && question["origin"] == "confirmation")

        let wrong = try await workspace.run("confirm", "ABCD-EFGH")
        #expect(wrong.status == 1 && wrong.errors.contains("for nothing"), "\(wrong.errors)")
        #expect(try await workspace.run("confirm").status == 64)
        #expect(try await workspace.run("confirm", "--id", "none").status == 1)
        let done = try await workspace.run("confirm", "--id", id, "--by", "desk")
        #expect(done.status == 0 && done.output.contains("Confirmed: the subscription \(id) of visitor@example.org"), "\(done.output)")
        try await workspace.run("run", "--once")
        #expect(try await workspace.run("subscriptions", "--json").objects.first?["state"] == "active")
        let again = try await workspace.run("confirm", "--id", id)
        #expect(again.status == 1 && again.errors.contains("confirmed already"), "\(again.errors)")

        #expect(try await workspace.run("unsubscribe", "Visitor@example.org").lines == [id])
        try await workspace.run("run", "--once")
        #expect(try await workspace.run("subscriptions", "--json").objects.isEmpty)
    }

    @Test func aFollowedIncidentEndsItsSubscription() async throws {
        let workspace = try await TimeCommandTests.workspace()
        #expect(try await workspace.run("subscribe", "ana", "--incident", "OLD1").status == 1, "it is over")
        #expect(try await workspace.run("subscribe", "ana", "--incident", "INC1OO").errors.contains("the nearest: INC100"))
        let made = try await workspace.run("subscribe", "ana", "--incident", "INC100")
        #expect(made.status == 0 && made.errors.contains("INC100 until it has ended"), "\(made.errors)")
        try await workspace.run("run", "--once")
        let row = try #require(try await workspace.run("subscriptions", "--who", "ana", "--json").objects.first)
        #expect(row["follows"] == "INC100" && row["match"] == ["id": "INC100"])
        try workspace.drop(TimeCommandTests.event("status_change", "INC100", #", "status": "resolved""#), as: "9.json")
        try await workspace.run("run", "--once")
        #expect(try await workspace.run("subscriptions", "--json").objects.isEmpty)
        let told = try await workspace.deliveries().filter { $0["recipient"] == "ana" }
        #expect(told.map { $0["type"]?.string } == ["status_change"], "its end is told")
    }

    @Test func aSnoozeIsSaidAndEnds() async throws {
        let workspace = try Workspace(TimeCommandTests.routes)
        #expect(try await workspace.run("snooze", "an", "--until", "4h").status == 64)
        for until in ["soon", "2020-01-01T00:00:00Z"] {
            #expect(try await workspace.run("snooze", "ana", "--until", until).status == 64)
        }
        #expect(try await workspace.run("snooze", "ana").output.contains("is not snoozed"))
        let said = try await workspace.run("snooze", "ana", "--until", "mon 08:00")
        #expect(said.status == 0 && said.output.contains("08:00 (Asia/Kolkata)"), "\(said.output)\(said.errors)")
        try await workspace.run("run", "--once")
        #expect(try await workspace.run("snooze", "ana").output.contains("snoozed until Mon"))
        #expect(try await workspace.run("snooze", "ana", "--wake").output.contains("hears everything again"))
        try await workspace.run("run", "--once")
        #expect(try await workspace.run("snooze", "ana", "--wake").output.contains("Nothing was dropped"))
    }

    @Test(arguments: ["confirm", "snooze"]) func helpHasExamples(command: String) async throws {
        let help = try await Workspace("version: 1").run(command, "--help")
        #expect(help.status == 0 && help.output.contains("  tocsin \(command)"))
    }
}
