"""The roadmap: the board or the timeline, one item (`?id=`), its form (`?edit=1`), a new one (`?new=1`)."""

from components.roadmap_page import roadmap_page

roadmap_page()
