"""Who may do what: one enum, one matrix. Services ask here; pages only hide what would be refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from data.errors import Forbidden
from data.people.model import Actor, Role


class Permission(StrEnum):
    """`area:thing:verb`."""

    status_result_report = "status:result:report"
    status_estate_apply = "status:estate:apply"
    status_check_edit = "status:check:edit"
    status_platform_edit = "status:platform:edit"
    status_platform_admit = "status:platform:admit"
    people_grant_edit = "people:grant:edit"
    people_map_edit = "people:map:edit"
    audit_trail_read = "audit:trail:read"
    tickets_ticket_open = "tickets:ticket:open"
    tickets_comment_add = "tickets:comment:add"
    tickets_vote_cast = "tickets:vote:cast"
    tickets_ticket_work = "tickets:ticket:work"
    tickets_ticket_lead = "tickets:ticket:lead"
    roadmap_item_curate = "roadmap:item:curate"
    glossary_term_propose = "glossary:term:propose"
    glossary_term_curate = "glossary:term:curate"
    messages_message_publish = "messages:message:publish"
    messages_portal_publish = "messages:portal:publish"
    notifications_subscription_set = "notifications:subscription:set"
    notifications_channel_edit = "notifications:channel:edit"
    notifications_delivery_mend = "notifications:delivery:mend"
    portal_setting_edit = "portal:setting:edit"

    @property
    def minimum(self) -> Role:
        return MATRIX[self][0]


MATRIX: Mapping[Permission, tuple[Role, str]] = {
    Permission.status_result_report: (Role.service_owner, "Reporting a status"),
    Permission.status_estate_apply: (Role.admin, "Applying a file of checks"),
    Permission.status_check_edit: (Role.service_owner, "Changing a check"),
    Permission.status_platform_edit: (Role.service_owner, "Changing a platform"),
    Permission.status_platform_admit: (Role.admin, "Adding or retiring a platform, or choosing who sees it,"),
    Permission.people_grant_edit: (Role.admin, "Granting or revoking a role"),
    Permission.people_map_edit: (Role.service_owner, "Choosing whose platform this is"),
    Permission.audit_trail_read: (Role.service_owner, "Reading the audit trail"),
    Permission.tickets_ticket_open: (Role.contributor, "Opening a ticket"),
    Permission.tickets_comment_add: (Role.contributor, "Commenting"),
    Permission.tickets_vote_cast: (Role.contributor, "Voting"),
    Permission.tickets_ticket_work: (Role.triager, "Working on tickets"),
    Permission.tickets_ticket_lead: (Role.service_owner, "Deciding on tickets"),
    Permission.roadmap_item_curate: (Role.service_owner, "Curating the roadmap"),
    Permission.glossary_term_propose: (Role.contributor, "Proposing a change of the glossary"),
    Permission.glossary_term_curate: (Role.service_owner, "Curating the glossary"),
    Permission.messages_message_publish: (Role.service_owner, "Publishing a message"),
    Permission.messages_portal_publish: (Role.admin, "Publishing a message to everybody"),
    Permission.notifications_subscription_set: (Role.viewer, "Choosing what to hear of"),
    Permission.notifications_channel_edit: (Role.admin, "Changing the channels that are told"),
    Permission.notifications_delivery_mend: (Role.admin, "Looking after deliveries"),
    Permission.portal_setting_edit: (Role.admin, "Changing a setting"),
}
"""The least role that may, on the platform in question, and the deed in words."""


def require(actor: Actor, permission: Permission, platform_id: str | None = None) -> None:
    """Raises Forbidden, saying which role is needed where and who can help."""
    if actor.may(permission, platform_id):
        return
    role, deed = MATRIX[permission]
    where = f"on {platform_id}" if platform_id else "everywhere"
    reason = f"{deed} needs the role {role.words} {where}; your role there is {actor.role_on(platform_id).words}."
    old = " The list of groups is out of date, so roles that come from a group do not count for now."
    raise Forbidden(f"{reason}{old if actor.snapshot_old else ''} An admin of this portal can help.")
