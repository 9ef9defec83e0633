"""The three workflows as tables: states, who may move where, and what has to be said with it."""

from __future__ import annotations

from data.tickets.answers import Question
from data.tickets.approvals import is_earlier_step, is_last_step, passes_step
from data.tickets.effects import (
    asks_approval,
    counts_nudge,
    delegates,
    ends_hold,
    follows_duplicate,
    hides,
    is_hidden,
    is_merged,
    is_not_merged,
    is_not_on_hold,
    is_on_hold,
    is_shown,
    merges,
    reopens,
    shares,
    shares_private,
    shows,
    splits,
    starts_hold,
    starts_over,
    takes_it,
    ticks,
    with_reason,
)
from data.tickets.model import BODY_MOST, TITLE_MOST, Right
from data.tickets.workflow import Effect, Move, State, Workflow

REQUESTER, STAFF, LEAD = Right.requester, Right.staff, Right.lead
APPROVER, PORTAL = Right.approver, Right.portal

NOTE = Question("note", "What happened")
PUBLIC_NOTE = Question("note", "Note for everybody", help="The requester and all watchers read this.")
REASON = Question("note", "Reason", help="Everybody who can see the ticket reads this.")
SHIPPED = Question("note", "What was shipped and how to use it")
NEW_FACTS = Question("note", "What is new")
NOT_FIXED = Question("note", "What is still wrong", help="A sentence is enough.")
MAYBE_ASSIGNEE = Question("assignee", "Who works on it", "person", required=False)
DELEGATE = Question("delegate", "Who decides", "person")
TEAM = Question("team", "Team", "team", required=False)
PRIORITY = Question("priority", "Priority", "priority")
DUPLICATE = Question("duplicate_of", "Duplicate of", "ticket", required=False, help="Its id, such as INC-7K2QF.")
WORK_ITEM = Question("work_item", "Link to the work item", "url")

WAITING_ON = {
    "requester": "the requester", "vendor": "a vendor", "other_team": "another team",
    "planned_change": "a planned change",
}  # fmt: skip
RESOLUTIONS = {
    "fixed": "Fixed", "data_corrected": "Data corrected", "workaround": "Workaround in place",
    "recovered": "Recovered by itself", "external": "Fixed by a vendor", "works_as_designed": "Works as designed",
}  # fmt: skip
NO_FIX = {
    "duplicate": "Duplicate", "not_a_defect": "Not a defect", "no_response": "No answer from the requester",
    "withdrawn": "Withdrawn", "spam": "Spam",
}  # fmt: skip
REJECTIONS = {
    "out_of_scope": "Out of scope", "too_costly": "Too costly for its value", "solved_otherwise": "Solved another way",
    "duplicate": "Duplicate", "low_demand": "Not enough demand",
}  # fmt: skip
HORIZONS = {"now": "Now", "next": "Next", "later": "Later"}


def of(*rights: Right) -> frozenset[Right]:
    return frozenset(rights)


def among(*states: str) -> frozenset[str]:
    return frozenset(states)


def _care(
    open_: frozenset[str], unread: frozenset[str], every: frozenset[str], leader: Right, share: Effect = shares
) -> tuple[Move, ...]:
    """What every kind needs beside its own way from start to end. `leader`: who merges."""
    edit = (
        Question("title", "Title", "line", most=TITLE_MOST, least=4),
        Question("body", "Description", most=BODY_MOST, required=False),
    )
    named = Question("readers", "Who else may read it", "people", required=False)
    return (
        Move(name="assign", label="Assign", icon="person_add", past="assigned it", sources=open_, who=of(STAFF),
             asks=(MAYBE_ASSIGNEE, TEAM)),
        Move(name="edit", label="Edit", icon="edit", past="edited the text", sources=unread, who=of(REQUESTER, STAFF),
             asks=edit, quiet=True),
        Move(name="correct", label="Correct the text", icon="edit", past="corrected the text", sources=every - unread,
             who=of(STAFF), asks=edit, quiet=True),
        Move(name="merge", label="Merge into another", icon="merge", past="merged it", sources=every, who=of(leader),
             asks=(Question("merged_into", "Merge into", "ticket", help="Its id. Votes and watchers count there."),),
             effect=merges, when=is_not_merged),
        Move(name="unmerge", label="Undo the merge", icon="call_split", past="undid the merge", sources=every,
             who=of(LEAD), effect=splits, when=is_merged),
        Move(name="share", label="Who may see it", icon="lock", past="changed who may see it", sources=every,
             who=of(STAFF), asks=(Question("sensitive", "Only staff, the requester and people named here", "yes",
             required=False), named), effect=share, quiet=True),
        Move(name="hide", label="Hide", icon="visibility_off", past="hid it", sources=every, who=of(LEAD),
             asks=(REASON,), effect=hides, when=is_shown, quiet=True),
        Move(name="show", label="Show again", icon="visibility", past="showed it again", sources=every, who=of(LEAD),
             asks=(REASON,), effect=shows, when=is_hidden, quiet=True),
    )  # fmt: skip


_OPEN = among("new", "triaged", "in_progress")
INCIDENT = Workflow(
    first="new",
    states=(
        State("new", "New", "open", 0.0),
        State("triaged", "Triaged", "open", 0.2),
        State("in_progress", "In Progress", "open", 0.5),
        State("resolved", "Resolved", "ended", 1.0),
        State("closed", "Closed", "closed", 1.0),
    ),
    moves=(
        Move(name="triage", label="Triage", icon="rule", past="triaged it", sources=among("new"), to="triaged",
             who=of(STAFF), asks=(PRIORITY, TEAM), main=True),
        Move(name="start", label="Start work", icon="play_arrow", past="started work", sources=among("triaged"),
             to="in_progress", who=of(STAFF), asks=(MAYBE_ASSIGNEE,), effect=takes_it, main=True),
        Move(name="resolve", label="Resolve", icon="check_circle", past="resolved it", sources=among("in_progress"),
             to="resolved", who=of(STAFF), asks=(Question("reason", "How it was resolved", "choice",
             choices=RESOLUTIONS), PUBLIC_NOTE), main=True),
        Move(name="recover", label="Recovered", icon="check_circle", past="saw it recover and resolved it",
             sources=_OPEN, to="resolved", who=of(PORTAL), asks=(NOTE, Question("evidence", "Evidence",
             required=False)), effect=with_reason("recovered")),
        Move(name="confirm", label="Confirm it is fixed", icon="task_alt", past="confirmed that it is fixed",
             sources=among("resolved"), to="closed", who=of(REQUESTER, LEAD), main=True),
        Move(name="settle", label="Close after silence", icon="task_alt", past="closed it: nobody objected",
             sources=among("resolved"), to="closed", who=of(PORTAL)),
        Move(name="reopen", label="Not fixed, reopen", icon="replay", past="reopened it", sources=among("resolved"),
             to="in_progress", who=of(REQUESTER, STAFF, PORTAL), asks=(NOT_FIXED,), effect=reopens),
        Move(name="hold", label="Hold", icon="pause", past="put it on hold", sources=among("triaged", "in_progress"),
             who=of(STAFF), asks=(Question("hold_reason", "Waiting on", "choice", choices=WAITING_ON),
             Question("hold_until", "Until", "moment", required=False), PUBLIC_NOTE), effect=starts_hold,
             when=is_not_on_hold),
        Move(name="resume", label="Resume", icon="play_arrow", past="resumed it", sources=_OPEN, who=of(STAFF, PORTAL),
             effect=ends_hold, when=is_on_hold, main=True),
        Move(name="nudge", label="Ask again", icon="notifications", past="asked the requester again", sources=_OPEN,
             who=of(PORTAL), effect=counts_nudge, when=is_on_hold),
        Move(name="prioritise", label="Change priority", icon="signal_cellular_alt", past="changed the priority",
             sources=_OPEN, who=of(STAFF), asks=(PRIORITY, REASON)),
        Move(name="promise", label="Say when the next update comes", icon="update", past="promised the next update",
             sources=_OPEN, who=of(STAFF), asks=(Question("next_update_at", "Next update", "moment"),)),
        Move(name="close", label="Close without a fix", icon="block", past="closed it without a fix",
             sources=among("new", "triaged"), to="closed", who=of(STAFF), asks=(Question("reason", "Why", "choice",
             choices=NO_FIX), DUPLICATE, REASON), effect=follows_duplicate),
        Move(name="give_up", label="Close: no answer", icon="block", past="closed it: no answer came",
             sources=_OPEN, to="closed", who=of(PORTAL), effect=with_reason("no_response"),
             when=is_on_hold),
        Move(name="withdraw", label="Withdraw", icon="undo", past="withdrew it", sources=among("new", "triaged"),
             to="closed", who=of(REQUESTER), effect=with_reason("withdrawn")),
        *_care(_OPEN, among("new"), _OPEN | among("resolved", "closed"), STAFF),
    ),
)  # fmt: skip

_WANTED = among("new", "under_review", "planned", "in_delivery")
IMPROVEMENT = Workflow(
    first="new",
    states=(
        State("new", "New", "open", 0.0),
        State("under_review", "Under Review", "open", 0.25),
        State("planned", "Planned", "open", 0.5),
        State("in_delivery", "In Delivery", "open", 0.75),
        State("done", "Done", "closed", 1.0),
        State("rejected", "Rejected", "closed", 1.0, good=False),
    ),
    moves=(
        Move(name="review", label="Review", icon="rate_review", past="took it under review", sources=among("new"),
             to="under_review", who=of(LEAD), asks=(Question("assignee", "Owner", "person", required=False),),
             effect=takes_it, main=True),
        Move(name="plan", label="Plan", icon="event", past="planned it", sources=among("under_review"), to="planned",
             who=of(LEAD), asks=(Question("roadmap", "Roadmap item", "line"), Question("horizon", "Horizon", "choice",
             choices=HORIZONS), PUBLIC_NOTE), main=True),
        Move(name="deliver", label="Start delivery", icon="conveyor_belt", past="started delivery",
             sources=among("planned"), to="in_delivery", who=of(LEAD, PORTAL), asks=(WORK_ITEM,), main=True),
        Move(name="ship", label="Done", icon="check_circle", past="finished it", sources=among("in_delivery"),
             to="done", who=of(LEAD, PORTAL), asks=(SHIPPED,), main=True),
        Move(name="reject", label="Reject", icon="cancel", past="rejected it", sources=_WANTED, to="rejected",
             who=of(LEAD), asks=(Question("reason", "Why", "choice", choices=REJECTIONS), DUPLICATE, REASON),
             effect=follows_duplicate),
        Move(name="reconsider", label="Consider it again", icon="replay", past="took it up again",
             sources=among("rejected"), to="under_review", who=of(LEAD), asks=(NEW_FACTS,),
             effect=starts_over, main=True),
        Move(name="withdraw", label="Withdraw", icon="undo", past="withdrew it", sources=among("new"), to="rejected",
             who=of(REQUESTER), effect=with_reason("withdrawn")),
        *_care(_WANTED, among("new"), _WANTED | among("done", "rejected"), LEAD),
    ),
)  # fmt: skip

_BEFORE_WORK = among("new", "awaiting_approval", "approved")
_UNDERWAY = _BEFORE_WORK | among("in_fulfilment")
REQUEST = Workflow(
    first="new",
    states=(
        State("new", "New", "open", 0.0),
        State("awaiting_approval", "Awaiting Approval", "open", 0.25),
        State("approved", "Approved", "open", 0.5),
        State("in_fulfilment", "In Fulfilment", "open", 0.75),
        State("fulfilled", "Fulfilled", "closed", 1.0),
        State("declined", "Declined", "closed", 1.0, good=False),
        State("cancelled", "Cancelled", "closed", 1.0, good=False),
        State("expired", "Expired", "closed", 1.0, good=False),
    ),
    moves=(
        Move(name="ask", label="Ask for approval", icon="approval", past="asked for approval", sources=among("new"),
             to="awaiting_approval", who=of(STAFF), asks=(Question("approver", "Who approves", "person"),),
             effect=asks_approval),
        Move(name="accept", label="Accept without approval", icon="check", past="accepted it", sources=among("new"),
             to="approved", who=of(STAFF), main=True),
        Move(name="approve", label="Approve", icon="thumb_up", past="approved it", sources=among("awaiting_approval"),
             to="approved", who=of(APPROVER), asks=(Question("note", "Note", required=False),), effect=ends_hold,
             when=is_last_step, main=True),
        Move(name="agree", label="Approve this step", icon="thumb_up", past="approved their step",
             sources=among("awaiting_approval"), who=of(APPROVER), asks=(Question("note", "Note", required=False),),
             effect=passes_step, when=is_earlier_step, main=True),
        Move(name="decline", label="Decline", icon="thumb_down", past="declined it", sources=among("awaiting_approval"),
             to="declined", who=of(APPROVER), asks=(REASON,)),
        Move(name="refuse", label="Decline", icon="thumb_down", past="declined it", sources=among("new", "approved"),
             to="declined", who=of(STAFF), asks=(REASON,)),
        Move(name="delegate", label="Delegate", icon="forward", past="delegated the approval",
             sources=among("awaiting_approval"), who=of(APPROVER), asks=(DELEGATE,), effect=delegates),
        Move(name="remind", label="Remind", icon="notifications", past="reminded the approver",
             sources=among("awaiting_approval"), who=of(PORTAL)),
        Move(name="escalate", label="Escalate", icon="priority_high", past="told the owners that approval is overdue",
             sources=among("awaiting_approval"), who=of(PORTAL)),
        Move(name="expire", label="Expire", icon="timer_off", past="let it expire: nobody decided",
             sources=among("awaiting_approval"), to="expired", who=of(PORTAL)),
        Move(name="start", label="Start fulfilment", icon="play_arrow", past="started work", sources=among("approved"),
             to="in_fulfilment", who=of(STAFF), asks=(MAYBE_ASSIGNEE,), effect=takes_it, main=True),
        Move(name="tick", label="Tick the checklist", icon="checklist", past="worked on the checklist",
             sources=among("in_fulfilment"), who=of(STAFF), asks=(Question("done", "Done", "list", required=False),),
             effect=ticks, quiet=True),
        Move(name="link_work", label="Link the work item", icon="link", past="linked the work item", sources=_UNDERWAY,
             who=of(STAFF), asks=(WORK_ITEM,), quiet=True),
        Move(name="hold", label="Hold", icon="pause", past="put it on hold",
             sources=among("new", "approved", "in_fulfilment"), who=of(STAFF), asks=(Question("hold_reason",
             "Waiting on", "choice", choices=WAITING_ON), Question("hold_until", "Until", "moment", required=False),
             PUBLIC_NOTE), effect=starts_hold, when=is_not_on_hold),
        Move(name="resume", label="Resume", icon="play_arrow", past="resumed it",
             sources=among("new", "approved", "in_fulfilment"), who=of(STAFF, PORTAL), effect=ends_hold,
             when=is_on_hold, main=True),
        Move(name="nudge", label="Ask again", icon="notifications", past="asked the requester again",
             sources=_UNDERWAY, who=of(PORTAL), effect=counts_nudge, when=is_on_hold),
        Move(name="give_up", label="Cancel: no answer", icon="block", past="cancelled it: no answer came",
             sources=_UNDERWAY, to="cancelled", who=of(PORTAL), when=is_on_hold),
        Move(name="fulfil", label="Fulfilled", icon="check_circle", past="fulfilled it", sources=among("in_fulfilment"),
             to="fulfilled", who=of(STAFF), asks=(PUBLIC_NOTE,), main=True),
        Move(name="cancel", label="Cancel the request", icon="undo", past="cancelled it", sources=_BEFORE_WORK,
             to="cancelled", who=of(REQUESTER)),
        *_care(_UNDERWAY, among("new", "awaiting_approval"),
               _UNDERWAY | among("fulfilled", "declined", "cancelled", "expired"), LEAD, shares_private),
    ),
)  # fmt: skip
