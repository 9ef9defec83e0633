"""What can be requested: one entry of TEMPLATES each, with its questions, approvers, target time and cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from data.errors import Invalid
from data.tickets.answers import Question
from data.tickets.model import Answers
from data.tickets.request_costs import of_budget, of_cadence, of_querying, of_reading, of_source
from data.tickets.request_forms import FIELD, PLATFORM_OWNER, ApproverRule, Problems, Template
from data.tickets.sla import DAY

CADENCES = {
    "quarter_hour": "Every 15 minutes", "hour": "Every hour", "four_hours": "Every 4 hours", "day": "Every day",
    "workday": "Every working day", "week": "Every week", "month": "Every month",
}  # fmt: skip
DURATIONS = {"month": "One month", "quarter": "Three months", "year": "One year, then asked again"}
RIGHTS = {"read": "Read", "export": "Read and export", "write": "Write"}
SYSTEMS = {
    "database": "Database", "files": "Files", "api": "API", "application": "Application with a connector",
    "stream": "Event stream", "other": "Something else",
}  # fmt: skip
PERSONAL = {"no": "No", "pseudonymous": "Only pseudonymous", "yes": "Yes"}
MEASURES = {
    "deadline": "There by a time of day", "age": "Never older than", "volume": "As many rows as usual",
    "sql": "My own SQL statement",
}  # fmt: skip
SEVERITIES = {"critical": "People cannot work", "normal": "It is annoying", "info": "Good to know"}
WORKSPACES = {"databricks": "Databricks workspace", "fabric": "Fabric workspace", "project": "Project in a workspace"}

NO_SELF_APPROVAL = "They approve. Nobody approves their own request: if it is you, name somebody of your team."
DATASET = Question("dataset", "Dataset or report", "asset", most=200, help="Its full name, such as finance.gl_entries.")
TABLE = Question("table", "Table", "asset", most=200, help="Its full name, such as prod.finance.gl_entries.")
PURPOSE = Question(
    "purpose", "Why do you need it?", least=10, most=1000,
    help="The approver decides by this. For example: month-end reconciliation for the Nordics.",
)  # fmt: skip
DURATION = Question("duration", "For how long?", "choice", choices=DURATIONS)
PAYER = Question(
    "cost_centre", "Cost centre", "line", required=False, most=80,
    help="Who pays, such as 4711 Nordics finance. Empty: your own.",
)  # fmt: skip


def _another_cadence(answers: Answers) -> Problems:
    same = answers["asked"] == answers["today"]
    return {"asked": "How often then: this is what it has today; please choose another."} if same else {}


def _two_owners(answers: Answers) -> Problems:
    enough = len({str(person).lower() for person in answers["owners"]}) >= 2
    return {} if enough else {"owners": "Owners: please name two people, so that one can be away."}


_ACCESS = (
    Template(
        name="access", label="Access to a dataset or report", group="Access", icon="key", tag="access", target=DAY,
        line="Read rights for you or your group.", title_from="Access to {dataset}", cost=of_reading, quota=10,
        questions=(
            DATASET,
            Question("access", "What do you need to do?", "choice", choices=RIGHTS,
                     help="Export means to download or mail it; write means to change it."),
            PURPOSE,
            DURATION,
            Question("for_group", "For a group?", "line", required=False, most=100,
                     help="Its name, such as nordics-finance. Empty: only for you."),
            PAYER,
        ),
        steps=(ApproverRule(PLATFORM_OWNER, "Data owner"),),
        checklist=("Right granted to the person or group", "End date noted", "Requester has opened it"),
    ),
    Template(
        name="notebook", label="Query a table from my notebook", group="Access", icon="table_view", tag="access",
        line="Warehouse and schema rights in Databricks.", title_from="Query {table} from a notebook", target=DAY,
        cost=of_querying, quota=10,
        questions=(
            TABLE,
            Question("workspace", "Workspace", "line", most=100, help="Where the notebook is, such as analytics."),
            Question("hours", "Hours of querying a week", "number", least=1, most=80, help="A guess is fine."),
            PURPOSE,
            DURATION,
            PAYER,
        ),
        steps=(ApproverRule(PLATFORM_OWNER, "Data owner"),),
        checklist=("Warehouse may be used", "Catalog and schema may be used", "Table may be read", "A query has run"),
    ),
    Template(
        name="group_member", label="Add a person to our group", group="Access", icon="group_add", tag="access",
        line="For group owners.", title_from="Add {people} to {target_group}", target=timedelta(hours=2),
        questions=(
            Question("target_group", "Group", "line", most=100, help="One that you own, such as sales-analysts."),
            Question("people", "Who?", "people", help="E-mail addresses, such as bob@example.org."),
            Question("until", "Until", "day", required=False, help="Empty: for as long as they work here."),
            Question("purpose", "Why?", most=1000, required=False, help="For example: joins the team on Monday."),
        ),
        checklist=("Requester owns the group", "People added", "Requester told"),
    ),
)  # fmt: skip
_CHANGE = (
    Template(
        name="source", label="Onboard a new source", group="Onboarding and change", icon="database", tag="ingestion",
        line="From first call to the first table with a freshness promise.", title_from="Onboard {source}",
        target=10 * DAY, cost=of_source, own_cost=False, quota=3,
        questions=(
            Question("source", "Source", "line", most=80, help="What people call it, such as Nordics webshop orders."),
            Question("system", "What is it?", "choice", choices=SYSTEMS),
            Question("owner", "Who owns the data?", "person", help="Who can answer questions about its content."),
            Question("content", "What is in it, and who needs it?", least=20, most=2000,
                     help="For example: orders and returns since 2021, for the weekly sales meeting."),
            Question("cadence", "How often is new data needed?", "choice", choices=CADENCES),
            Question("ready_by", "When must it be there?", "line", required=False, most=100,
                     help="The promise to its readers, such as 07:00 on working days."),
            Question("personal", "Does it hold personal data?", "choice", choices=PERSONAL,
                     help="Names, addresses, staff numbers, anything that leads to a person."),
            Question("size", "Size in GB", "number", required=False, most=1_000_000, help="A guess is fine."),
        ),
        steps=(ApproverRule(PLATFORM_OWNER, "Platform owner"),),
        checklist=("First call held", "Connection works", "First load done", "Owner and description set",
                   "Freshness check in the portal", "Readers have access"),
    ),
    Template(
        name="cadence", label="Change a refresh cadence", group="Onboarding and change", icon="update", tag="ingestion",
        line="Shows today's run cost next to the asked one.", title_from="Refresh {dataset}: {asked}", target=3 * DAY,
        cost=of_cadence, quota=5, agrees=_another_cadence,
        questions=(
            DATASET,
            Question("today", "How often is it refreshed today?", "choice", choices=CADENCES),
            Question("asked", "How often then?", "choice", choices=CADENCES),
            Question("minutes", "Minutes of one run", "number", least=1, most=1440,
                     help="Its check shows the last run. A guess is fine; the cost is estimated from it."),
            PURPOSE,
            PAYER,
        ),
        steps=(ApproverRule(PLATFORM_OWNER, "Platform owner", when_costly=True),),
        checklist=("Schedule changed", "Freshness check follows the new schedule", "First run seen"),
    ),
    Template(
        name="check", label="New check on a table", group="Onboarding and change", icon="rule", tag="quality",
        line="Deadline, age, volume or your own SQL.", title_from="Check {table}: {measure}", target=2 * DAY, quota=20,
        questions=(
            TABLE,
            Question("measure", "What shall be checked?", "choice", choices=MEASURES),
            Question("expected", "What do you expect?", least=10, most=2000,
                     help="For example: new rows every working day by 07:00; or the SQL statement."),
            Question("severity", "How bad is it when it fails?", "choice", choices=SEVERITIES),
            Question("told", "Who is told?", "people", required=False, help="E-mail addresses. Empty: you."),
            Question("runbook", "Runbook", "url", required=False, help="What to do when it fails, if that is written."),
        ),
        checklist=("Check added", "First result seen", "Owner and runbook set"),
    ),
)  # fmt: skip
_WORKSPACES = (
    Template(
        name="workspace", label="New workspace or project", group="Workspaces", icon="workspaces", tag="platform",
        line="Databricks or Fabric, with budget and owners.", title_from="{sort}: {workspace}", target=3 * DAY,
        cost=of_budget, own_cost=False, quota=2, approval_above=1000.0, agrees=_two_owners,
        questions=(
            Question("sort", "What shall it be?", "choice", choices=WORKSPACES),
            Question("workspace", "Name", "line", least=3, most=60, help="Short, such as nordics-forecast."),
            Question("purpose", "What is it for?", least=10, most=1000,
                     help="For example: demand forecast for the Nordics, five people, first results in March."),
            Question("owners", "Owners", "people", help="At least two people, by e-mail address."),
            Question("budget", "Budget per month", "number", least=1, most=20_000, help="What it may spend at most."),
            Question("cost_centre", "Cost centre", "line", most=80, help="Who pays, such as 4711 Nordics finance."),
            Question("payer", "Who answers for the cost centre?", "person", help=NO_SELF_APPROVAL),
        ),
        steps=(ApproverRule(f"{FIELD}payer", "Cost centre"), ApproverRule(PLATFORM_OWNER, "Platform owner", True)),
        checklist=("Workspace made", "Owners can sign in", "Budget alert set", "Listed in the portal"),
    ),
    Template(
        name="retire", label="Retire a report", group="Workspaces", icon="auto_delete", tag="reports",
        line="Tells its readers first.", title_from="Retire {report}", target=5 * DAY,
        questions=(
            Question("report", "Report", "asset", most=200, help="Its name and workspace."),
            Question("owner", "Who owns it?", "person", help=NO_SELF_APPROVAL),
            Question("last_day", "Last day", "day", help="Readers see it until then."),
            Question("replacement", "What replaces it?", "line", required=False, most=200, help="Empty: nothing."),
            Question("purpose", "Why?", least=10, most=1000, help="Its readers get this sentence."),
        ),
        steps=(ApproverRule(f"{FIELD}owner", "Report owner"),),
        checklist=("Readers told", "Last day passed", "Report and its refresh removed"),
    ),
    Template(
        name="other", label="Something else", group="Workspaces", icon="more_horiz", tag="triage", line="We route it.",
        title_from="{summary}", target=2 * DAY, staff_decide=True,
        questions=(
            Question("summary", "What do you need?", "line", least=4, most=100, help="In a few words."),
            Question("details", "Tell us more", least=10, most=4000, help="What it is for, and by when it is needed."),
        ),
        checklist=("Done as asked", "Requester told"),
    ),
)  # fmt: skip

TEMPLATES: Mapping[str, Template] = {template.name: template for template in (*_ACCESS, *_CHANGE, *_WORKSPACES)}


def template_of(name: str | None) -> Template:
    try:
        return TEMPLATES[name or ""]
    except KeyError:
        raise Invalid(f"There is no request named '{str(name)[:40]}'; please choose one from the catalogue.") from None
