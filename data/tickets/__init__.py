"""Tickets: incidents, improvements and service requests by one mechanism."""
