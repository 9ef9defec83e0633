"""Beside a request, before it is sent: who approves, what it costs, what is left of the quota, when it is done."""

from __future__ import annotations

from dataclasses import dataclass

from components.markup import esc, icon
from components.ticket_draft import Form, Typed, draft_of
from components.ticket_marks import avatar, person_name
from components.ticket_sent import by_words
from data.cached import tickets as cached_tickets
from data.errors import PortalError
from data.tickets.answers import Refused
from data.tickets.knobs import Knobs
from data.tickets.opening import Quote
from data.tickets.request_costs import RequestPolicy
from data.tickets.request_forms import GROUP, OWNERS, Step, Template, answers_of


@dataclass(frozen=True, slots=True)
class Quoted:
    """`refused`: why it cannot be sent as it is. Neither while the answers are not complete."""

    quote: Quote | None = None
    refused: str = ""


def quoted(form: Form, template: Template, typed: Typed) -> Quoted:
    """Asked once for the same answers; `open` judges again."""
    try:
        answers_of(template, typed.answers)
    except Refused:
        return Quoted()
    draft = draft_of(form, typed)
    last = form.note("quoted")
    if last and last[0] == draft:
        return last[1]
    try:
        found = Quoted(form.portal.tickets.quote(form.actor, draft))
    except Refused as refused:
        found = Quoted(refused=" ".join(refused.at.values()))
    except PortalError as error:
        found = Quoted(refused=str(error))
    form.note("quoted", (draft, found))
    return found


def side_html(form: Form, template: Template, said: Quoted) -> str:
    policy = (cached_tickets.knobs(form.portal).value or Knobs()).requests
    parts = [_refused(said), _approval(form, template, said.quote, policy)]
    if said.quote:
        parts += [_cost(said.quote, template, policy), _quota(said.quote, template, policy), _when(form, said.quote)]
    else:
        parts.append(f"<h2>When</h2><p>Usually done in {esc(template.target_words)}.</p>")
    return f'<aside class="side-note">{"<hr>".join(filter(None, parts))}</aside>'


def _refused(said: Quoted) -> str:
    if not said.refused:
        return ""
    return f'<p class="problem" role="alert">{icon("error")} {esc(said.refused)}</p>'


def _approval(form: Form, template: Template, quote: Quote | None, policy: RequestPolicy) -> str:
    if quote is None:
        return f"<h2>Approval</h2><p>{esc(template.approval_words(policy))}</p>"
    if not quote.steps:
        return f"<h2>Approval</h2><p>{'The team decides' if template.staff_decide else 'None needed'}</p>"
    return f"<h2>Approval</h2>{''.join(_approver(form, step) for step in quote.steps)}"


def _approver(form: Form, step: Step) -> str:
    name = _principal(form, step.approver)
    several = step.approver.startswith((OWNERS, GROUP))
    face = f'<span class="round">{icon("group")}</span>' if several else avatar(step.approver)
    return f'<div class="approver">{face}<div><b>{esc(name)}</b><p>{esc(step.words)}</p></div></div>'


def _principal(form: Form, principal: str) -> str:
    if principal.startswith(OWNERS):
        owned = (t.platform for t in form.tiles if t.platform.id == principal.removeprefix(OWNERS))
        return next((f"Owners of {platform.name}" for platform in owned), "The owners of the platform")
    return principal.removeprefix(GROUP) if principal.startswith(GROUP) else person_name(principal)


def _cost(quote: Quote, template: Template, policy: RequestPolicy) -> str:
    estimate = quote.estimate
    spread = f" ± {policy.money(estimate.tolerance)}" if estimate.tolerance else ""
    above = policy.money(template.costly_above(policy))
    costly = estimate.per_month > template.costly_above(policy)
    note = f"Above {above}: needs an approval." if costly else f"Below {above}: no extra approval."
    return (
        f'<h2>Estimated cost <span class="faint">per month</span></h2>'
        f'<p><b class="sum">{esc(policy.money(estimate.per_month))}</b>{esc(spread)}</p>'
        f"<p>{esc(estimate.words)}. {esc(note)}</p>"
    )


def _quota(quote: Quote, template: Template, policy: RequestPolicy) -> str:
    """What this request would make of the month, as money where it counts and as a number where one is set."""
    said = ""
    if template.own_cost and quote.quota_cost:
        after = quote.used.cost + quote.estimate.per_month
        words = f"{policy.money(after)} of {policy.money(quote.quota_cost)}"
        said += quota_bar("Your quota this month", words, after / quote.quota_cost)
    if quote.quota_count:
        after = quote.used.count + 1
        said += quota_bar("Requests like this", f"{after} of {quote.quota_count}", after / quote.quota_count)
    return said and f"<h2>Quota, with this one</h2>{said}"


def quota_bar(label: str, words: str, share: float) -> str:
    width = max(0.0, min(1.0, share)) * 100
    return (
        f'<div class="quota"><div class="bar"><i style="width:{width:.0f}%"></i></div>'
        f"<p><span>{esc(label)}</span><span>{esc(words)}</span></p></div>"
    )


def _when(form: Form, quote: Quote) -> str:
    if quote.due_at is None:
        return ""
    after = "Approved now, you have it by" if quote.steps else "Sent now, you have it by"
    return f"<h2>When</h2><p>{after} <b>{esc(by_words(quote.due_at, form.here))}</b>.</p>"
