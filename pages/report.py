"""Report a problem; `?platform=` or `?check=` say what is affected."""

from components.ticket_form import draw_form
from data.tickets.kinds import INCIDENT_KIND

draw_form(INCIDENT_KIND)
