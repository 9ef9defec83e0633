"""Notifications: what I want to hear of, by mail, for each platform and kind of thing."""

from components.my_notifications import draw_my_notifications

draw_my_notifications()
