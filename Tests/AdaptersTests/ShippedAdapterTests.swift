import Incidents
import JSON
import Testing

@testable import Adapters

@Suite struct ShippedAdapterTests {
    @Test func allOfThemCanBeRead() {
        #expect(Adapter.shippedNames == ["alertmanager", "datadog", "grafana", "jira", "pagerduty", "servicenow"])
        for name in Adapter.shippedNames {
            let reading = Adapter.read(Adapter.shippedText(name) ?? "", path: "\(name).yaml")
            #expect(reading.diagnostics == [], "\(name)")
            #expect(Adapter.shipped(name)?.name == name)
            #expect(Adapter.shipped(name)?.source == name)
        }
        #expect(Adapter.shipped("nagios") == nil)
        #expect(Adapter.shippedText("../templates/x") == nil)
    }

    /// Member by member.
    @Test(arguments: Sample.all) func aRecordedPayloadBecomesTheseEvents(sample: Sample) throws {
        let events = try sample.events()
        let expected = try #require(try sample.json("events.json").array)
        #expect(events.count == expected.count)
        for (event, expected) in zip(events, expected) {
            for group in ["", "incident", "change"] {
                let (has, wanted) = (group.isEmpty ? event : event[group] ?? .null, group.isEmpty ? expected : expected[group] ?? .null)
                for name in Set((has.object ?? [:]).keys).union((wanted.object ?? [:]).keys).sorted()
                where !["incident", "change"].contains(name) {
                    #expect(has[name] == wanted[name], "\(group).\(name)")
                }
            }
            #expect(event == expected)
        }
    }

    @Test(arguments: Sample.all) func theSameWebhookAgainIsTheSame(sample: Sample) throws {
        #expect(try sample.events() == sample.events())
        let ids = try sample.events().compactMap { $0["id"]?.string }
        #expect(Set(ids).count == ids.count)
    }

    @Test func noteworthyTypes() throws {
        func types(_ provider: String, _ name: String) throws -> [String] {
            try Sample(provider: provider, name: name).events().compactMap { $0["type"]?.string }
        }
        #expect(try types("alertmanager", "firing") == ["escalation", "escalation"])
        #expect(try types("alertmanager", "resolved") == ["status_change"])
        #expect(try types("servicenow", "changed") == ["status_change", "severity_change", "assignment"])
        #expect(try types("servicenow", "task_sla") == ["update"])
        #expect(try types("jira", "updated") == ["status_change", "severity_change", "assignment"])
        #expect(try types("pagerduty", "acknowledged") == ["acknowledgement"])
        #expect(try types("pagerduty", "pagey_ping") == [])
        #expect(try types("datadog", "renotify") == ["update"])
    }

    // MARK: Stories

    @Test func anAlertFiresAndIsResolved() throws {
        let firing = try told("alertmanager", ["firing"])
        #expect(firing["am-35c1ad4a9f5dd1c2"]?.isOpen == true)
        #expect(firing["am-35c1ad4a9f5dd1c2"]?.text("severity") == "critical")
        let after = try told("alertmanager", ["firing", "resolved"])
        #expect(after["am-35c1ad4a9f5dd1c2"]?.status == .resolved)
        #expect(after["am-a81f0c22be0f7711"]?.status == .open)
    }

    @Test func aRepetitionInOtherWordsHasTheSameID() throws {
        let alertmanager = try #require(Adapter.shipped("alertmanager"))
        let body = try Sample(provider: "alertmanager", name: "firing").json()
        let changed = try json(body.text.replacing("for 5 minutes", with: "for 4 hours"))
        let (first, second) = (
            try alertmanager.events(from: body, scale: .standard), try alertmanager.events(from: changed, scale: .standard)
        )
        #expect(first.events != second.events)
        #expect(first.events.map { $0["id"] } == second.events.map { $0["id"] })
        #expect(second.events.allSatisfy { $0["identity"] == "id" })
        let again = try json(body.text.replacing("2026-11-24T03:50:00.124Z", with: "2026-11-25T03:50:00Z"))
        #expect(try alertmanager.events(from: again, scale: .standard).events.first?["id"] != first.events.first?["id"])
    }

    @Test func anAlertWithoutAFingerprintIsKnownByItsLabels() throws {
        let body = try json(
            #"{"alerts":[{"status":"firing","labels":{"alertname":"X","b":"2"},"startsAt":"2026-11-24T03:50:00Z"}]}"#)
        let other = try json(
            #"{"alerts":[{"status":"resolved","labels":{"b":"2","alertname":"X"},"startsAt":"2026-11-24T03:50:00Z","endsAt":"2026-11-24T04:50:00Z"}]}"#
        )
        let alertmanager = try #require(Adapter.shipped("alertmanager"))
        let ids = try [body, other].map { try alertmanager.events(from: $0, scale: .standard).events.first?[at: "incident.id"] }
        #expect(ids[0] == ids[1])
        #expect(ids[0]?.string?.hasPrefix("am-") == true)
    }

    @Test func pagerDutyFromTheTriggerToTheEnd() throws {
        let names = ["triggered", "acknowledged", "unacknowledged", "priority_updated", "reassigned", "annotated"]
        let id = "PGR0VU2"
        #expect(try told("pagerduty", ["triggered"])[id]?.acknowledged == false)
        #expect(try told("pagerduty", ["triggered"])[id]?.text("severity") == "high")
        #expect(try told("pagerduty", ["triggered", "acknowledged"])[id]?.acknowledged == true)
        #expect(try told("pagerduty", ["triggered", "acknowledged"])[id]?.status == .acknowledged)
        #expect(try told("pagerduty", ["triggered", "acknowledged", "unacknowledged"])[id]?.acknowledged == false)
        let late = try #require(try told("pagerduty", names)[id])
        #expect(late.text("severity") == "high" && late.text("assignee") == "User 456" && late.isOpen)
        #expect(try told("pagerduty", names + ["resolved"])[id]?.status == .resolved)
        #expect(try told("pagerduty", names + ["resolved", "reopened"])[id]?.reopened == true)
    }

    @Test func ticketsFromTheirOpeningToTheirEnd() throws {
        let jira = try #require(try told("jira", ["created", "updated", "comment", "resolved"])["OPS-154"])
        #expect(jira.status == .resolved && jira.text("severity") == "high" && jira.text("assignee") == "Dan Engineer")
        let record = try #require(try told("servicenow", ["new", "changed", "task_sla"])["INC0010023"])
        #expect(record.status == .inProgress && record.text("severity") == "high" && record.acknowledged)
        #expect(try told("servicenow", ["new", "changed", "task_sla", "resolved"])["INC0010023"]?.status == .resolved)
        #expect(try told("datadog", ["triggered", "renotify", "recovered"])["dd-2431289738129"]?.status == .resolved)
    }

    // MARK: Severities

    @Test func aSeverityThatNobodyKnowsIsLeftOutAndNoted() throws {
        let body = try json(
            #"{"alerts":[{"status":"firing","labels":{"alertname":"X","severity":"purple"},"startsAt":"2026-11-24T03:50:00Z","fingerprint":"f"}]}"#
        )
        let adaptation = try #require(Adapter.shipped("alertmanager")).events(from: body, scale: .standard)
        #expect(adaptation.events.first?[at: "incident.severity"] == nil)
        #expect(adaptation.notes.map(\.pointer) == ["/alerts/0/labels/severity"])
        #expect(adaptation.notes.first?.message.contains("`purple`") == true)
        #expect(adaptation.notes.first?.message.contains("assume_severity") == true)
    }

    @Test func theOperatorsOwnWordsComeFirst() throws {
        let scale = SeverityScale(steps: [.init(name: "red", aliases: ["page", "warning"]), .init(name: "medium")])
        let body = try json(
            #"{"alerts":[{"status":"firing","labels":{"alertname":"X","severity":"Warning"},"startsAt":"2026-11-24T03:50:00Z","fingerprint":"f"}]}"#
        )
        let event = try #require(Adapter.shipped("alertmanager")).events(from: body, scale: scale).events.first
        #expect(event?[at: "incident.severity"] == "red")
    }

    // MARK: What is not theirs

    @Test(arguments: Adapter.shippedNames) func anotherToolsWebhookIsAFaultThatSaysSo(name: String) throws {
        let shipped = try #require(Adapter.shipped(name))
        for foreign in [
            #"{"hello":"world"}"#, "[]", "[[]]", "3", #""x""#, "null", #"{"alerts":3}"#, #"{"event":3,"issue":[],"webhookEvent":{}}"#,
        ] {
            do {
                let adaptation = try shipped.events(from: try json(foreign), scale: .standard)
                #expect(adaptation.events == [], "\(foreign)")
            } catch let fault as AdapterFault {
                #expect(fault.message.contains(shipped.title) || fault.message.contains("adapter"), "\(fault)")
            }
        }
        #expect(throws: AdapterFault.self) { try shipped.events(from: try json(#"{"hello":"world"}"#), scale: .standard) }
    }

    @Test func oneBadItemLeavesTheOthers() throws {
        let body = try json(
            #"{"alerts":[3,{"status":"firing","labels":{},"startsAt":"2026-11-24T03:50:00Z","fingerprint":"f"},{"status":"firing"}]}"#)
        let adaptation = try #require(Adapter.shipped("alertmanager")).events(from: body, scale: .standard)
        #expect(adaptation.events.count == 1)
        #expect(adaptation.faults.map(\.pointer) == ["/alerts/0", "/alerts/2/fingerprint"])
        #expect(adaptation.faults.map(\.code) == [.wrongType, .missingMember])
    }

    @Test func serviceNowTakesAListAndOtherStates() throws {
        let servicenow = try #require(Adapter.shipped("servicenow"))
        let list = try json(
            #"{"result":[{"sys_id":"a","number":"INC1","state":"42","priority":"3 - Moderate","sys_updated_on":"2026-11-24 03:50:00"},{"number":"INC2","state":"8"}]}"#
        )
        let events = try servicenow.events(from: list, scale: .standard).events
        #expect(events.map { $0[at: "incident.status"] } == ["open", "closed"])
        #expect(events.first?[at: "incident.severity"] == "medium")
        let kept = try json(#"{"sys_id":"s","task":{"value":"57af"},"has_breached":"false"}"#)
        #expect(try servicenow.events(from: kept, scale: .standard).notes.count == 1)
        // Without the number nobody knows which incident it is about.
        #expect(throws: AdapterFault.self) {
            try servicenow.events(
                from: try json(#"{"sys_id":"s","task":{"link":"x","value":"57af7aec73d423002728660c4cf6a71c"},"has_breached":"true"}"#),
                scale: .standard)
        }
    }
}
