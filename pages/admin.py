"""What admins and service owners look after: people and roles, the trail of every change."""

from components.admin import draw_admin

draw_admin()
