"""My tickets: what waits for me, what I reported, what I follow."""

from components.my_tickets import draw_my_tickets

draw_my_tickets()
