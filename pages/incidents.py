"""Incidents: the list, one of them (`?id=`), a new one (`?new=1`)."""

from components.ticket_page import ticket_page

ticket_page("incident")
