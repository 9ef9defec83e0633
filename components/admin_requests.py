"""What requests may cost, who has to be asked and how many there may be, beside what that makes of two of them."""

from __future__ import annotations

import streamlit as st

from components.admin_setting import Form, Sheet
from components.form_fields import PERSISTENT
from components.markup import esc, facts, plain, section
from components.ticket_sent import by_words
from data.cached import tickets as cached_tickets
from data.errors import PortalError
from data.tickets.knobs import REQUESTS, SLA
from data.tickets.request_costs import RequestPolicy
from data.tickets.request_forms import Template, estimate_of
from data.tickets.request_types import TEMPLATES
from data.tickets.sla import BusinessCalendar
from data.tickets.typed_requests import NONE, NUMBER, OWN, SAMPLES, Sample, requests_of, typed_requests

AMOUNTS = (
    ("compute_hour", "An hour of computing", "Of the smallest warehouse or cluster; estimates are made from it."),
    ("approval_above", "Approval above, a month", "What costs more has to be approved."),
    ("quota_cost_per_month", "Limit of a person, a month", "Of all their requests together."),
)
KEPT = "Requests that were sent keep their approvers, their cost and the date they were given."


def draw_fields(sheet: Sheet[RequestPolicy]) -> None:
    st.html(section("Money"))
    with st.grid(columns=2, min_column_width=150, gap="small", key="money"):
        with st.container(gap=None):
            sheet.text("currency", "Currency")
        for name, words, explained in AMOUNTS:
            with st.container(gap=None):
                sheet.number(name, words, help=explained, min_value=0.0)
    st.html(section("Approvals"))
    asked = (
        "Reminded after half of it, escalated after all of it, expired after twice of it. A day is 8 h of working time."
    )
    sheet.text("approval_time", "Time to approve", help=asked, placeholder="2 days", width=220)
    draw_quotas(sheet)


def draw_quotas(sheet: Sheet[RequestPolicy]) -> None:
    st.html(section("How many", "per person and month"))
    with st.container(key="quotas", gap=None):
        for template in TEMPLATES.values():
            with st.container(key=f"quota_{template.name}", horizontal=True, gap="small", vertical_alignment="center"):
                st.html(f'<span class="what">{esc(template.label)}</span>', width="stretch")
                draw_quota(sheet, template)
            sheet.problem(f"number_{template.name}")


def draw_quota(sheet: Sheet[RequestPolicy], template: Template) -> None:
    """Its own number, no limit, or another number: what is chosen is what is in force."""
    name, words = f"quota_{template.name}", {OWN: _own(template), NONE: "No limit", NUMBER: "Another number"}
    chosen = st.selectbox(
        plain(f"Limit of {template.label}"), list(words), index=list(words).index(sheet.typed[name]),
        key=sheet.key(name), format_func=words.__getitem__, label_visibility="collapsed", width=170, **PERSISTENT,
    )  # fmt: skip
    if chosen == NUMBER:
        number = f"number_{template.name}"
        st.number_input(
            plain(f"Number of {template.label}"), value=sheet.typed[number], key=sheet.key(number), min_value=0, step=1,
            label_visibility="collapsed", width=120, **PERSISTENT,
        )  # fmt: skip


def _own(template: Template) -> str:
    return "Usual: no limit" if template.quota is None else f"Usual: {template.quota}"


def draw_beside(sheet: Sheet[RequestPolicy]) -> None:
    policy, calendar = sheet.value, _calendar(sheet)
    st.html(section("What that means"))
    st.html("".join(sample_html(sample, policy) for sample in SAMPLES))
    st.html(facts([("Approvers", approver_words(sheet, policy, calendar)), ("Blocked", blocked(policy))]))
    st.html(f'<p class="faint">{KEPT}</p>')


def _calendar(sheet: Sheet[RequestPolicy]) -> BusinessCalendar:
    knobs = cached_tickets.knobs(sheet.portal).value
    return (knobs.sla if knobs else SLA.default).calendar


def sample_html(sample: Sample, policy: RequestPolicy) -> str:
    template = TEMPLATES[sample.template]
    estimate = estimate_of(template, sample.answers, policy)
    costly = estimate.per_month > template.costly_above(policy)
    above = f"{'more' if costly else 'no more'} than {policy.money(template.costly_above(policy))}"
    over = " Over the limit of one person." if estimate.per_month > policy.quota_cost_per_month else ""
    asks = template.approval_words(policy) if not template.steps[0].when_costly else _when(costly)
    return (
        f'<div class="sample"><b>{esc(template.label)}</b><p class="faint">{esc(sample.words)}</p>'
        f"<p><b>{esc(policy.money(estimate.per_month))}</b> ± {esc(policy.money(estimate.tolerance))} a month, "
        f"{esc(above)}. <b>{esc(asks)}</b>.{esc(over)}</p></div>"
    )


def _when(costly: bool) -> str:
    return "Needs an approval" if costly else "No approval"


def approver_words(sheet: Sheet[RequestPolicy], policy: RequestPolicy, calendar: BusinessCalendar) -> str:
    now, span = sheet.here.now, policy.approval_time
    try:
        steps = [calendar.add(now, length.total_seconds()) for length in (span / 2, span, span * 2)]
    except PortalError as error:
        return esc(str(error))
    reminded, escalated, expired = (esc(by_words(at, sheet.here)) for at in steps)
    return f"Asked now: reminded {reminded}, escalated {escalated}, expired {expired}"


def blocked(policy: RequestPolicy) -> str:
    """Templates that nobody can request."""
    none = [template.label for template in TEMPLATES.values() if template.quota_by(policy) == 0]
    return esc(", ".join(none)) if none else "Nothing: everything in the catalogue can be requested"


FORM = Form("requests", REQUESTS, typed_requests, requests_of, draw_fields, draw_beside)
