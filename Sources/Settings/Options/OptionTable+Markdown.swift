// docs/configuration.md, from the table.

import Foundation
import Incidents

extension OptionTable {
    /// The whole of docs/configuration.md.
    public static var markdown: String {
        var page = preface
        for chapter in chapters {
            page += "\n## \(chapter.title)\n\n\(unwrapped(chapter.intro))\n"
            if !chapter.example.isEmpty { page += "\n```yaml\n\(chapter.example)\n```\n" }
            page += "\n" + table(chapter.options)
            if chapter.title == "routes" { page += matching + recipients }
        }
        return page
    }

    private static let preface = """
        # routes.yaml

        This page is written from the table that the reader of `routes.yaml` itself uses (`Sources/Settings/Options`), and a test
        keeps the two the same. `tocsin check` names every mistake of a file with its line and column;
        [`routes.yaml.example`](../routes.yaml.example) is a complete file to begin with.

        ## What holds everywhere

        - **Durations** are whole numbers with units: `90s`, `5m`, `4h`, `3d`, `1w`, `1h30m`.
        - **Lists**: where a list is expected, a single value will do.
        - **Texts** need quotes where YAML asks for them (`": "`, `{{`, a leading `*`, `&`, `!`, `>` or `@`). Beyond that, a value is read by
          the type of its option, from its text: `tls: off` and `language: no` are what they look like.
        - **Secrets** are `${env:NAME}`, a variable of the environment, or `${file:PATH}`, the content of a file without its last newline;
          a relative path is relative to `routes.yaml`. Both may stand in any text, and in the middle of it. Options marked *secret* that are
          written out in the file are a warning, and so is a secret's file that every user can read. No message of Tocsin's shows a secret.
        - **`http://` and `tls: off`** are errors unless the host is on loopback (127.0.0.0/8, ::1, localhost).
        - **Names** of channels, people, teams and rotations are the operator's, and each means one thing. They have no colon and no `via` in them, and
          are none of `assignee`, `team`, `reporter`, `communication_lead`, `subscribers`.
        - **Limits**: the file may have up to 8 MiB, one document, 32 levels of nesting, and no anchors or aliases.
        - *later* marks what is checked already and not acted on yet; `check` says in one line which of it the file uses.

        In the paths below, `NAME` stands for a name of yours, and `[]` for each entry of a list.

        """

    /// Intros are wrapped in the source only.
    private static func unwrapped(_ text: String) -> String { text.split(separator: "\n").joined(separator: "\n") }

    private static func table(_ options: [Option]) -> String {
        var rows = "| option | value | default | meaning |\n| --- | --- | --- | --- |\n"
        for option in options {
            var marks: [String] = []
            if option.isSecret { marks.append("*secret*") }
            if option.isLater { marks.append("*later*") }
            let value = ([option.type.summary] + marks).joined(separator: "; ")
            let standard = option.isRequired ? "required" : option.standard.map(quoted) ?? ""
            rows += "| `\(shown(option.path))` | \(escaped(value)) | \(standard) | \(escaped(option.meaning)) |\n"
        }
        return rows
    }

    private static func shown(_ path: String) -> String {
        path.split(separator: ".").map { $0 == "*" ? "NAME" : String($0) }.joined(separator: ".")
    }

    /// A default that is a sentence stays one.
    private static func quoted(_ text: String) -> String {
        text.contains(" ") && !text.contains(", 2") ? escaped(text) : "`\(text)`"
    }

    private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }

    private static var matching: String {
        var text = """

            ### match

            A map; all its members must hold. A value is one word, a list (any of them), a glob (`pay*`), a negation (`"!us-*"`), a regular
            expression (`"~^db-[0-9]+$"`, RE2), or for `severity` and `age` a comparison. Words compare without regard to case.

            | member | what it looks at | values |
            | --- | --- | --- |

            """
        for member in ConditionMembers.meanings { text += "| `\(member.name)` | \(member.meaning) | \(escaped(member.values)) |\n" }
        return text
    }

    private static let recipients = """

        ### to

        Also for `unrouted`, `operators`, `fallback`, the members of teams, the steps of escalation, `status_reports` and `invite`.

        | entry | who is told |
        | --- | --- |
        | `ops-slack` | a channel that has a place of its own: Slack, Teams |
        | `duty-engineer` | a person, by the first channel of their `via` for which they have an address |
        | `payments` | everybody in a team, each by their own way |
        | `primary` | whoever is on duty in a rotation, or their deputy |
        | `payments via sms` | a person or a team by one channel; who has no address for it is not told |
        | `mail:cto@example.com` | an address, through a channel that sends to addresses: an email address, a number, a Slack id |
        | `assignee`, `reporter` | whom the incident names: by the key in `people`, the name or the email address |
        | `team` | the incident's team |
        | `communication_lead` | whom the incident names, or else the section `communication_lead` for its severity |
        | `subscribers` | everybody whose subscription fits the incident, by their own way and at the times that they chose |

        """
}
