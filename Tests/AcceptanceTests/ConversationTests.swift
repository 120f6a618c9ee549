// One incident, one conversation: in Slack, by mail and in Teams, through the built program.

import Foundation
import Glibc
import JSON
import Sandbox
import Testing

@Suite struct ConversationTests {
    /// Eight events of one incident, a line each.
    static let eight = [
        #"{"id": "1", "type": "status_change", "incident": {"id": "INC1", "severity": "medium", "status": "open", "title": "Payments API failing", "assignee": "service-owner"}}"#,
        #"{"id": "2", "type": "severity_change", "incident": {"id": "INC1", "severity": "critical"}}"#,
        #"{"id": "3", "type": "acknowledgement", "incident": {"id": "INC1"}, "change": {"by": "duty-engineer"}}"#,
        #"{"id": "4", "type": "update", "incident": {"id": "INC1"}, "message": "a disk is full"}"#,
        #"{"id": "5", "type": "escalation", "incident": {"id": "INC1"}}"#,
        #"{"id": "6", "type": "update", "incident": {"id": "INC1"}, "message": "the disk is replaced"}"#,
        #"{"id": "7", "type": "status_change", "incident": {"id": "INC1", "status": "resolved"}}"#,
        #"{"id": "8", "type": "status_change", "incident": {"id": "INC1", "status": "closed"}}"#,
    ]

    private func tell(_ events: some Sequence<String>, _ workspace: Workspace) async throws {
        try workspace.drop(events.joined(separator: "\n"), as: "\(UUID().uuidString).ndjson")
        let once = try await workspace.run("run", "--once")
        #expect(once.status == 0, "\(once.errors)")
    }

    @Test func eightEventsAreOneParentAndItsThread() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [war-room]}]"))
        sandbox.setFault(.slackError("edit_window_closed"), on: .slackAPI, channel: "chat.update", times: 1)
        try await tell(Self.eight, workspace)
        let threads = sandbox.inbox.slackThreads()
        #expect(threads.count == 1)
        let thread = try #require(threads.first)
        #expect(thread.replies.count == 7)
        #expect(thread.updates == 6, "one edit was refused, and cost nothing else")
        #expect(thread.latest.text == thread.replies.last?.text, "the parent is in its latest state")
        #expect(thread.latest.text.lowercased().contains("closed"))
        #expect(Set(thread.replies.map(\.text)).count == 7, "nothing was told twice")
        let degraded = try await workspace.deliveries().compactMap { $0["degraded"]?.string }
        #expect(degraded.count == 1 && degraded[0].contains("edit_window_closed"))
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test func inPlaceTheParentAloneIsEditedButForNews() async throws {
        let sandbox = try await Sandbox.forTests()
        let routes = sandbox.configuration("routes: [{name: all, match: {}, to: [war-room]}]")
        let workspace = try Workspace(routes.replacing("channel: C0123456", with: "channel: C0123456, updates: in_place"))
        try await tell(Self.eight, workspace)
        let threads = sandbox.inbox.slackThreads()
        #expect(threads.count == 1)
        #expect(threads.first?.updates == 7)
        #expect(threads.first?.replies.count == 3, "a higher severity, the escalation and the end")
        #expect(threads.first?.latest.text.lowercased().contains("closed") == true)
        await sandbox.stop()
    }

    @Test func aParentThatIsGoneIsFollowedByAnother() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [war-room]}]"))
        try await tell(Self.eight.prefix(3), workspace)
        sandbox.setFault(.slackError("message_not_found"), on: .slackAPI, channel: "chat.update", times: 1)
        try await tell(Self.eight.dropFirst(3), workspace)
        let threads = sandbox.inbox.slackThreads()
        #expect(threads.map(\.replies.count) == [2, 4])
        #expect(threads.last?.latest.text.lowercased().contains("closed") == true)
        await sandbox.stop()
    }

    /// The one window: the parent is posted again, and the conversation goes on under the one that was recorded.
    @Test func killedBeforeTheParentIsRecordedItIsPostedAgain() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [war-room]}]"))
        try workspace.drop(Self.eight[0])
        let process = try workspace.start(["run", "--once"], input: nil, environment: ["TOCSIN_CRASH_AT": "answered"])
        #expect(await process.wait() == -SIGKILL)
        try await tell(Self.eight.dropFirst(), workspace)
        #expect(sandbox.inbox.slackThreads().map(\.replies.count) == [0, 7])
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test func mailsHaveOneSubjectAndTeamsOneTitle() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [service-owner, ops-teams]}]"))
        try await tell(Self.eight, workspace)
        let mails = sandbox.inbox.all().filter { $0.receiver == .smtp }
        #expect(mails.count == 8)
        #expect(Set(mails.map(\.title)).count == 1)
        #expect(mails.first?.title.contains("Payments API failing") == true)
        #expect(Set(mails.map { $0.header("References") }).count == 1 && mails.first?.header("References") != nil)
        #expect(mails.allSatisfy { $0.header("In-Reply-To") == $0.header("References") })
        #expect(Set(mails.map { $0.header("Message-ID") }).count == 8)
        let cards = sandbox.inbox.all().filter { $0.receiver == .teams }
        #expect(cards.count == 8)
        #expect(cards.allSatisfy { $0.title.contains("INC1") && $0.title.contains("Payments API failing") }, "\(cards.map(\.title))")
        await sandbox.stop()
    }

    @Test func aGraveIncidentHasAChannelOfItsOwn() async throws {
        let sandbox = try await Sandbox.forTests()
        let rest = """
            incident_channel: {severity: ">=high", channel: war-room, name: "inc-{{incident.id}}", invite: [team, assignee, communication_lead]}
            routes: [{name: all, match: {}, to: [ops-slack]}]
            """
        let routes = sandbox.configuration(rest).replacing("email: owner@example.com", with: "email: owner@example.com, slack: U0OWNER")
        let workspace = try Workspace(routes)
        try await tell(Self.eight.prefix(1), workspace)
        #expect(sandbox.slackChannels.isEmpty, "it is not grave enough")
        try await tell(Self.eight[1..<4], workspace)
        let room = try #require(sandbox.slackChannels.first)
        #expect(room.name == "inc-inc1" && room.members == ["U0OWNER"])
        #expect(room.topic.hasPrefix("critical · open · Payments API failing") && room.topic.contains("Service Owner has it"))
        // It keeps it, whatever becomes of the severity.
        try await tell(
            [#"{"id": "low", "type": "severity_change", "incident": {"id": "INC1", "severity": "low"}}"#] + Self.eight[4..<7], workspace)
        #expect(sandbox.slackChannels.map(\.isArchived) == [false])
        try await tell(Self.eight.suffix(1), workspace)
        #expect(sandbox.slackChannels.map(\.isArchived) == [true])
        #expect(sandbox.slackChannels.first?.topic.contains("closed") == true)
        let told = sandbox.inbox.all().filter { $0.receiver == .slackAPI }
        #expect(told.count == 8 && told.allSatisfy { $0.channel == room.id && $0.thread == nil })
        // Reopened, it is taken out of the archive.
        try await tell([#"{"id": "again", "type": "status_change", "incident": {"id": "INC1", "status": "open"}}"#], workspace)
        #expect(sandbox.slackChannels.map(\.isArchived) == [false])
        #expect(sandbox.inbox.count(.slackAPI) == 9)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test func aChannelThatWasMadeBeforeACrashIsFound() async throws {
        let sandbox = try await Sandbox.forTests()
        for number in 1...90 { sandbox.makeSlackChannel("other-\(number)") }
        let rest = """
            incident_channel: {severity: ">=high", channel: war-room, name: "inc-{{incident.id}}", invite: [assignee]}
            routes: [{name: all, match: {}, to: [ops-slack]}]
            """
        let workspace = try Workspace(sandbox.configuration(rest))
        sandbox.makeSlackChannel("inc-inc1", isMember: true)
        try await tell(Self.eight.prefix(2), workspace)
        #expect(sandbox.slackChannels.count == 91)
        #expect(sandbox.inbox.count(.slackAPI) == 1)
        await sandbox.stop()
    }
}
